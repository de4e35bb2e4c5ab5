package io.github.subquad.bench;

import org.jspecify.annotations.Nullable;

/**
 * What came before the calls that count.
 *
 * @param planNanos cutting the call and counting its buffers
 * @param firstCallNanos the first call, which compiles on a device
 * @param warmUpCalls calls before those that count, of the first sitting
 * @param steady whether the calls had become steady when the warm-up ended
 * @param firstCall where the time of the first call went; null if the engine does not tell
 * @param steadyCall where the time of the last call of the warm-up went; null if it does not
 */
public record Start(
        long planNanos,
        long firstCallNanos,
        int warmUpCalls,
        boolean steady,
        @Nullable Phases firstCall,
        @Nullable Phases steadyCall) {}
