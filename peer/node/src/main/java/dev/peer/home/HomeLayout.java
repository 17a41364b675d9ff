package dev.peer.home;

import java.nio.file.Path;

/**
 * The paths below {@code PEER_HOME}. Nothing else makes one; what lies in a directory, its owner
 * names.
 *
 * @param home absolute
 */
public record HomeLayout(Path home) {

  /** The results that are kept, and the logs of runs that did not pass. */
  public Path store() {
    return home.resolve("store");
  }

  /** The guest images, each in a directory named by its digest. */
  public Path images() {
    return home.resolve("images");
  }

  /** The files of Git LFS that runs used. */
  public Path largeFiles() {
    return home.resolve("lfs");
  }

  /** What registries of container images gave. */
  public Path blobs() {
    return home.resolve("blobs");
  }

  /** The values of secrets. */
  public Path secrets() {
    return home.resolve("secrets");
  }

  /** The key of the digests that stand for values of variables. */
  public Path digestKey() {
    return home.resolve("digest-key");
  }

  /** The link to the directory of this user's sockets, where it has a random name. */
  public Path socketsLink() {
    return home.resolve("sockets");
  }

  /** What machines leave and start from. */
  public Path machines() {
    return home.resolve("vm");
  }

  /** What machines start from, whatever they run. */
  public Path templates() {
    return machines().resolve("templates");
  }

  /** The files of machines that run; those of dead processes are removed at the next start. */
  public Path runs() {
    return machines().resolve("runs");
  }

  /** The guests that were frozen at a failure. */
  public Path frozen() {
    return machines().resolve("frozen");
  }

  /** The disks that are kept between a repository's runs. */
  public Path disks() {
    return machines().resolve("disks");
  }

  /** How fast the last prepared runtime came. */
  public Path runtimeSpeed() {
    return machines().resolve("runtime-speed.json");
  }

  /** The commits whose preparation failed lately. */
  public Path unprepared() {
    return machines().resolve("unprepared");
  }

  /**
   * The files of {@code peer try} while it runs; those of dead processes are removed at the next
   * one.
   */
  public Path trials() {
    return home.resolve("try");
  }

  /** What a daemon keeps of its own. */
  public Path daemon() {
    return home.resolve("daemon");
  }

  /** The runs that a daemon has accepted. */
  public Path queue() {
    return daemon().resolve("queue");
  }

  /** What a daemon has seen of the repositories that it watches. */
  public Path watched() {
    return daemon().resolve("watched");
  }

  /** What a daemon in the background says. */
  public Path daemonLog() {
    return daemon().resolve("log");
  }
}
