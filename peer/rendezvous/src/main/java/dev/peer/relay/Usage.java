package dev.peer.relay;

import dev.peer.core.id.PeerId;
import dev.peer.http.ProblemException;
import dev.peer.wire.Problem;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** How much each identity has, and how much all of them together. Of many threads. */
final class Usage {

  /** The minimum that a peer needs left to start. */
  private static final int LEAST_SHARE = 64;

  private final RelayLimits limits;
  private final LongSupplier nanoClock;
  private final Map<PeerId, Account> accounts = new HashMap<>();
  private int registrations;
  private int tunnels;
  private long bytes;

  Usage(RelayLimits limits, LongSupplier nanoClock) {
    this.limits = limits;
    this.nanoClock = nanoClock;
  }

  /** A held share, which is returned once. */
  @FunctionalInterface
  interface Hold extends AutoCloseable {

    @Override
    void close();
  }

  /** One connection, whatever for. */
  synchronized Hold connection(PeerId peer) throws ProblemException {
    Account account = account(peer);
    require(account.connections < limits.perPeer().connections(), peer, "connections");
    account.connections++;
    return () -> give(() -> account.connections--);
  }

  /** One registration. */
  synchronized Hold registration(PeerId peer) throws ProblemException {
    Account account = account(peer);
    require(account.registrations < limits.perPeer().registrations(), peer, "registrations");
    requireOfAll(registrations < limits.total().registrations(), "registrations");
    account.registrations++;
    registrations++;
    return () ->
        give(
            () -> {
              account.registrations--;
              registrations--;
            });
  }

  /** One tunnel, and the bytes that pass through it. */
  synchronized Passage tunnel(PeerId from, PeerId to) throws ProblemException {
    Account asking = account(from);
    Account asked = account(to);
    require(asking.asking < limits.perPeer().tunnels(), from, "tunnels");
    require(asked.asked < limits.perPeer().tunnels(), to, "tunnels");
    requireOfAll(tunnels < limits.total().tunnels(), "tunnels");
    requireLeft(asking, from);
    requireLeft(asked, to);
    asking.asking++;
    asked.asked++;
    tunnels++;
    return new Passage(asking, asked);
  }

  synchronized int registrations() {
    return registrations;
  }

  synchronized int tunnels() {
    return tunnels;
  }

  synchronized long bytes() {
    return bytes;
  }

  /** Forgets peers that hold nothing and have their full share again. */
  synchronized void sweep() {
    accounts.values().removeIf(Account::isBlank);
  }

  private synchronized void give(Runnable change) {
    change.run();
  }

  private Account account(PeerId peer) {
    return accounts.computeIfAbsent(peer, _ -> new Account());
  }

  private static void require(boolean holds, PeerId peer, String what) throws ProblemException {
    if (!holds) {
      throw new ProblemException(
          Problem.Kind.TOO_MANY, peer + " has as many " + what + " as one identity may have here");
    }
  }

  private static void requireOfAll(boolean holds, String what) throws ProblemException {
    if (!holds) {
      throw new ProblemException(
          Problem.Kind.TOO_MANY, "there are as many " + what + " as there may be");
    }
  }

  private void requireLeft(Account account, PeerId peer) throws ProblemException {
    account.fill();
    double all = limits.perPeer().bytesPerHour();
    double missing = all / LEAST_SHARE - account.left;
    if (missing > 0) {
      long seconds = 1 + (long) (missing / all * Duration.ofHours(1).toSeconds());
      throw new ProblemException(
          Problem.Kind.TOO_MANY,
          "as many bytes of " + peer + " have passed as one identity may have in an hour",
          Map.of("Retry-After", Long.toString(seconds)));
    }
  }

  /** A tunnel that is there. */
  final class Passage implements Hold {

    private final Account asking;
    private final Account asked;
    private boolean closed;

    private Passage(Account asking, Account asked) {
      this.asking = asking;
      this.asked = asked;
    }

    /** Whether so many bytes more may pass; they are counted then. */
    boolean pass(int length) {
      synchronized (Usage.this) {
        asking.fill();
        asked.fill();
        if (asking.left < length || asked.left < length) {
          return false;
        }
        asking.left -= length;
        if (asked != asking) {
          asked.left -= length;
        }
        bytes += length;
        return true;
      }
    }

    @Override
    public void close() {
      synchronized (Usage.this) {
        if (!closed) {
          closed = true;
          asking.asking--;
          asked.asked--;
          tunnels--;
        }
      }
    }
  }

  /** One identity's; under the lock of all. */
  private final class Account {

    private int connections;
    private int registrations;
    private int asking;
    private int asked;
    private double left = limits.perPeer().bytesPerHour();
    private long filledAt = nanoClock.getAsLong();

    private void fill() {
      long now = nanoClock.getAsLong();
      double most = limits.perPeer().bytesPerHour();
      left = Math.min(most, left + most * (now - filledAt) / Duration.ofHours(1).toNanos());
      filledAt = now;
    }

    private boolean isBlank() {
      fill();
      return connections + registrations + asking + asked == 0
          && left >= limits.perPeer().bytesPerHour();
    }
  }
}
