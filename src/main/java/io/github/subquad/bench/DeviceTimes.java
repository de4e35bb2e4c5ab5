package io.github.subquad.bench;

import io.github.subquad.CallTiming;

/**
 * Where the time of two calls went on a device.
 *
 * @param first the row's first call, which compiles
 * @param steady the last call of the warm-up
 */
public record DeviceTimes(CallTiming first, CallTiming steady) {}
