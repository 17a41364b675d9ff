package dev.peer.core.flow;

/** Says when a run may have a machine, where not all can have one at once. */
@FunctionalInterface
public interface MachineSlots {

  /** Everybody's turn, always. */
  MachineSlots AT_ONCE = () -> Turn.AT_ONCE;

  /** Waits for a turn, which must be closed. */
  Turn take() throws InterruptedException;

  /** The time in which a run may have a machine, until it is closed. */
  interface Turn extends AutoCloseable {

    /** One that was not waited for. */
    Turn AT_ONCE =
        new Turn() {
          @Override
          public boolean waited() {
            return false;
          }

          @Override
          public void close() {}
        };

    /** Whether it was waited for, so that there may be a result now. */
    boolean waited();

    @Override
    void close();
  }
}
