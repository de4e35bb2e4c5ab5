/**
 * Attention on the devices that TornadoVM reaches: task graphs written in Java, compiled for
 * OpenCL, PTX or CUDA.
 */
@NullMarked
package io.github.subquad.tornado;

import org.jspecify.annotations.NullMarked;
