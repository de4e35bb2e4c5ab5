/**
 * Non-local means by attention: each pixel becomes the mean of all pixels of the picture, weighted
 * by how alike their surroundings are. {@link io.github.subquad.imaging.NonLocalMeans} holds the
 * mathematics.
 */
@NullMarked
package io.github.subquad.imaging;

import org.jspecify.annotations.NullMarked;
