package dev.peer.network;

import dev.peer.client.announce.LeasedAnnouncer;
import dev.peer.client.announce.LeasedAnnouncer.MakingAnnouncement;
import dev.peer.client.fetch.LiveFollower;
import dev.peer.core.find.FollowResult;
import dev.peer.core.find.Holder;
import dev.peer.core.flow.AnnounceException;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.progress.Notices;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Runtimes in the making: the one of a run here, and those of other peers. */
public final class RuntimeMakers implements AutoCloseable {

  private final Optional<LeasedAnnouncer> announcer;
  private final LiveFollower follower;
  private final Notices notices;
  private Optional<MakingAnnouncement> own = Optional.empty();

  /**
   * Announces nothing yet. Announcer and follower stay their owner's to close.
   *
   * @param announcer of the process; empty: what is made here is not announced
   */
  public RuntimeMakers(
      Optional<LeasedAnnouncer> announcer, LiveFollower follower, Notices notices) {
    this.announcer = announcer;
    this.follower = follower;
    this.notices = notices;
  }

  /** Whether other peers may wait for this process, so that it must wait for none of them. */
  public boolean isMaking() {
    return announcer.isPresent() && announcer.get().isMaking();
  }

  /**
   * Says that the run here makes a runtime of a repository and a guest image, until {@link #end}.
   *
   * @return the peers that said so earlier
   */
  public List<Holder> begin(RepoId repo, Digest image) throws InterruptedException {
    end();
    if (announcer.isEmpty()) {
      return List.of();
    }
    try {
      MakingAnnouncement announced = announcer.get().announceMaking(repo, image);
      synchronized (this) {
        own = Optional.of(announced);
      }
      return announced.earlier();
    } catch (AnnounceException e) {
      notices.say("other peers do not wait for what is prepared here: " + e.getMessage());
      return List.of();
    }
  }

  /** Tells the peers that wait whether there is a runtime now. Does nothing the second time. */
  public synchronized void end() {
    own.ifPresent(MakingAnnouncement::close);
    own = Optional.empty();
  }

  /** Waits for another peer as {@link LiveFollower#awaitRuntime} does. */
  public FollowResult await(Holder maker, RepoId repo, Digest image, Duration most)
      throws IOException, InterruptedException {
    return follower.awaitRuntime(maker, repo, image, most);
  }

  @Override
  public void close() {
    end();
  }
}
