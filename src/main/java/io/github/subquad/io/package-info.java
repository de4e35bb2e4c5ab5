/**
 * Tensors from and to files: {@linkplain io.github.subquad.io.SafetensorsFile safetensors} and
 * {@linkplain io.github.subquad.io.NpyFile npy}. Files are read in place, mapped into memory, after
 * every word of their headers has been checked; they are written whole or not at all.
 */
@NullMarked
package io.github.subquad.io;

import org.jspecify.annotations.NullMarked;
