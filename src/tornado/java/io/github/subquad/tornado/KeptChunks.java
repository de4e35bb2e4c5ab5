package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.KeptWeights;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;

/**
 * Weights of a forward pass on the host, pair of chunks by pair of chunks, until an allowance is
 * used up. A backward pass that is cut otherwise, as on a device that was full, finds none of them.
 */
final class KeptChunks implements KeptWeights {
    /** Which chunks: where they begin and how long they are. */
    private record Place(
            long batch, long keyHead, long firstQuery, long queries, long firstKey, long keys) {
        static Place of(Slab slab, long firstQuery, long firstKey, AttentionInputs chunk) {
            return new Place(
                    slab.batch(),
                    slab.keyHead(),
                    firstQuery,
                    chunk.queryTokens(),
                    firstKey,
                    chunk.keyTokens());
        }
    }

    private final Arena arena = Arena.ofShared();
    private final Map<Place, KeptPair> pairs = new HashMap<>();
    private final PlanCache<?, ?> account;
    private final long most;
    private long bytes;
    private boolean closed;

    /**
     * Nothing yet.
     *
     * @param account where the memory is counted
     * @param most bytes that may be kept
     */
    KeptChunks(PlanCache<?, ?> account, long most) {
        this.account = account;
        this.most = most;
    }

    /**
     * Room for the weights of a pair, while there is some.
     *
     * @param slab its heads
     * @param firstQuery of the call
     * @param firstKey of the call
     * @param chunk the pair
     * @return null if the allowance is used up, or the keys are hidden from all its queries
     */
    @Nullable KeptPair add(Slab slab, long firstQuery, long firstKey, AttentionInputs chunk) {
        long more = KeptPair.bytes(chunk);
        if (more > most - bytes || !chunk.seesAnyKey()) {
            return null;
        }
        KeptPair pair = KeptPair.allocate(arena, chunk);
        pairs.put(Place.of(slab, firstQuery, firstKey, chunk), pair);
        account.hold(more);
        bytes += more;
        return pair;
    }

    /** The weights of a pair, null if they were not kept. */
    @Nullable KeptPair get(Slab slab, long firstQuery, long firstKey, AttentionInputs chunk) {
        return pairs.get(Place.of(slab, firstQuery, firstKey, chunk));
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            pairs.clear();
            account.hold(-bytes);
            bytes = 0;
            arena.close();
        }
    }
}
