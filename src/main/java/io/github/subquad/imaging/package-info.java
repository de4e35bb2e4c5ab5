/**
 * Non-local means by attention: each pixel becomes the mean of all pixels of the picture, weighted
 * by how alike their surroundings are. {@link io.github.subquad.imaging.NonLocalMeans} has the
 * formula, {@link io.github.subquad.imaging.Denoising} makes an attention call of it.
 */
@NullMarked
package io.github.subquad.imaging;

import org.jspecify.annotations.NullMarked;
