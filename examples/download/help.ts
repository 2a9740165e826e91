// Copyright 2026 the Tendril authors. MIT license.
/**
 * What `--help` prints: no more than a terminal shows at once.
 *
 * @module
 */

/** The help. */
export const HELP = `Downloads files, many at a time, and goes on where it was interrupted.
Usage: main.ts [options] URL…    without a URL: a demo with a server of its own
  -d, --dir DIR         write to this folder
  -o, --output NAME     name the file so (one URL)
  -i, --input FILE      a URL a line, then ALGO=HEX and out=NAME; - is stdin
  -j, --concurrency 8   files at a time; -x, --per-host 6: requests to a host
  -s, --segments 4      pieces of a big file at a time; --piece-size 8M
      --retries 5       repetitions of a try that failed, after growing pauses
      --checksum ALGO:HEX     what the file has to be: sha256, sha512, md5, …
      --mirror URL            where else the file is; may be repeated
      --header 'NAME: VALUE'  sent with each request; may be repeated
      --if-exists HOW   overwrite (default), skip, rename, newer (only if it is)
      --no-continue     begin afresh, leave no NAME.part for the next run
      --limit-rate 1M   bytes a second for all files together
      --connect-timeout 15000, --header-timeout 30000, --stall-timeout 30000
                        milliseconds to connect, to answer, without a byte
      --min-speed 1024  bytes a second over each stall-timeout; 0: any
      --max-time MS     milliseconds for a file in all
      --allow-downgrade follow redirects from https to http
      --json            a line of JSON for each file, on standard output
      --dry-run         only say what would be written
      --inspect         show the greenlets in a page, and its address here
      --no-progress, --help, --version
Exit: 0 all well, 1 a file could not be had, 2 wrong usage, 130 interrupted`;
