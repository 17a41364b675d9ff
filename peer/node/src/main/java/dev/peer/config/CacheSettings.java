package dev.peer.config;

import java.time.Duration;

/**
 * When this machine drops kept disks of repositories.
 *
 * @param maxAge how long container images and caches of a repository are kept
 * @param maxBytes the maximum size of all repositories' disks together
 */
public record CacheSettings(Duration maxAge, long maxBytes) {

  /** Reads them. */
  public static CacheSettings of(Settings settings) throws ConfigException {
    return new CacheSettings(
        settings
            .valueOrDefault(Setting.PEER_CACHE_MAX_AGE)
            .read(ValueForms::duration, "a time", Setting.PEER_CACHE_MAX_AGE.byDefault()),
        settings
            .valueOrDefault(Setting.PEER_CACHE_MAX_BYTES)
            .read(ValueForms::size, "a size", Setting.PEER_CACHE_MAX_BYTES.byDefault()));
  }
}
