package dev.peer.pages;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.wire.HolderList;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.RelayAddress;
import dev.peer.wire.RendezvousStatus;
import dev.peer.wire.RunState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What tests have peers announce of one repository. */
final class AnnouncedRuns implements AnnouncementSource {

  private final RepoId repo;
  private final Map<RunKey, List<HolderList.Entry>> announced = new ConcurrentHashMap<>();
  private final Map<Digest, List<HolderList.Entry>> runtimes = new ConcurrentHashMap<>();
  private final List<ToldHit> hits = new CopyOnWriteArrayList<>();

  AnnouncedRuns(String repo) {
    this.repo = new RepoId(repo);
  }

  static RunKey key(int number) {
    return new RunKey(Digest.of(ByteBuffer.allocate(Integer.BYTES).putInt(number).array()));
  }

  void add(int number, String peer, RunState state) {
    announced
        .computeIfAbsent(key(number), _ -> new ArrayList<>())
        .add(
            new HolderList.Entry(
                new PeerId(peer),
                List.of(PeerAddress.parse("https://laptop.example.org:7443")),
                state));
  }

  /** At a relay alone. */
  void addAtRelay(int number, String peer) {
    announced
        .computeIfAbsent(key(number), _ -> new ArrayList<>())
        .add(
            new HolderList.Entry(
                new PeerId(peer),
                List.of(),
                List.of(
                    RelayAddress.parse("https://relay.example.org:7444/" + "a".repeat(32)).uri()),
                RunState.PASSED));
  }

  @Override
  public RendezvousStatus status() {
    return new RendezvousStatus(2, announced.size());
  }

  /** Prepared, or in the making. */
  void addRuntime(Digest image, String peer, RunState state) {
    runtimes.put(
        image,
        List.of(
            new HolderList.Entry(
                new PeerId(peer),
                List.of(PeerAddress.parse("https://maker.example.org:7443")),
                state)));
  }

  /** Told by one peer, taken from another. */
  void addHit(int number, String by, String holder, Instant at, Duration saved) {
    hits.add(new ToldHit(key(number), new PeerId(by), new PeerId(holder), at, saved));
  }

  @Override
  public Announced of(RepoId asked, int most) {
    return asked.equals(repo)
        ? new Announced(announced, runtimes)
        : new Announced(Map.of(), Map.of());
  }

  @Override
  public List<HolderList.Entry> of(RepoId asked, RunKey key) {
    return of(asked, 1).runs().getOrDefault(key, List.of());
  }

  @Override
  public List<ToldHit> hits(RepoId asked) {
    return asked.equals(repo) ? hits : List.of();
  }
}
