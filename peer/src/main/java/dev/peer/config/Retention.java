package dev.peer.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How long results stay in the store.
 *
 * @param count how many of each repository, at least 1
 * @param age how long at most
 * @param bytes room for all results of this machine together
 */
public record Retention(int count, Optional<Duration> age, OptionalLong bytes) {}
