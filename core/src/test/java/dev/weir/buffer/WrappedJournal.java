package dev.weir.buffer;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A journal that fails, hangs or claims to be large, when a test says so. */
final class WrappedJournal implements Journal {
    final Journal target;

    /** Appends fail while it is set. */
    volatile boolean failing;

    /** Trims fail while it is set. */
    volatile boolean failingTrims;

    /** What the journal says of its size; negative for the truth. */
    volatile long size = -1;

    final AtomicInteger appends = new AtomicInteger();
    private volatile @Nullable CountDownLatch before;
    private volatile CountDownLatch arrived = new CountDownLatch(0);
    private volatile CountDownLatch after = new CountDownLatch(0);

    WrappedJournal(Journal target) {
        this.target = target;
    }

    /** The next append halts before anything is written. */
    void halt() {
        arrived = new CountDownLatch(1);
        before = new CountDownLatch(1);
    }

    /** The next append halts when its epoch is on disk. */
    void haltAfterSync() {
        arrived = new CountDownLatch(1);
        after = new CountDownLatch(1);
    }

    void awaitHalt() throws InterruptedException {
        if (!arrived.await(30, TimeUnit.SECONDS)) {
            throw new AssertionError("No append came.");
        }
    }

    /** Lets a halted append go on. */
    void goOn() {
        CountDownLatch latch = before;
        before = null;
        if (latch != null) {
            latch.countDown();
        }
        after.countDown();
    }

    @Override
    public String writer() {
        return target.writer();
    }

    @Override
    public List<Writer> earlier() {
        return target.earlier();
    }

    @Override
    public void append(long seq, byte[] data, int length) {
        CountDownLatch latch = before;
        if (latch != null) {
            arrived.countDown();
            await(latch);
        }
        if (failing) {
            arrived.countDown();
            throw new JournalException("The disk is full.", null);
        }
        target.append(seq, data, length);
        appends.incrementAndGet();
        if (after.getCount() > 0) {
            arrived.countDown();
            await(after);
        }
    }

    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void read(String writer, long from, long to, EpochReader reader) {
        target.read(writer, from, to, reader);
    }

    @Override
    public void ledgerRowMade(String writer) {
        target.ledgerRowMade(writer);
    }

    @Override
    public void trim(String writer, long to) {
        if (failingTrims) {
            throw new JournalException("The disk is full.", null);
        }
        target.trim(writer, to);
    }

    @Override
    public List<Kept> kept(String writer) {
        return target.kept(writer);
    }

    @Override
    public long maxEpochBytes() {
        return target.maxEpochBytes();
    }

    @Override
    public long bytes() {
        long claimed = size;
        return claimed < 0 ? target.bytes() : claimed;
    }

    @Override
    public void close() {
        target.close();
    }
}
