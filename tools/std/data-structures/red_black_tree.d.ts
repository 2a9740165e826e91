// Copyright 2026 the Tendril authors. MIT license.
import { BinarySearchTree } from "./binary_search_tree.d.ts";

export class RedBlackTree<T> extends BinarySearchTree<T> {
  static override from<T>(
    collection: ArrayLike<T> | Iterable<T> | RedBlackTree<T>,
    options?: { compare?: (a: T, b: T) => number },
  ): RedBlackTree<T>;
}
