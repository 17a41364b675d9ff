package dev.peer.config;

import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The forms of values. Each refuses other text with {@link IllegalArgumentException}. */
public final class ValueForms {

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})(?:([KMGT])(?:IB)?)?");
  private static final Pattern DURATION =
      Pattern.compile("(?:([0-9]{1,9})d)?(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?");

  /** For ever, to people; and few enough nanoseconds to count them. */
  private static final Duration LONGEST = Duration.ofDays(100 * 365);

  private ValueForms() {}

  /** Bytes: {@code 512M}, {@code 2G}, {@code 20GiB}; the units are powers of 1024. */
  public static long size(String text) {
    Matcher size = SIZE.matcher(text.toUpperCase(Locale.ROOT));
    require(size.matches());
    int power = size.group(2) == null ? 0 : "KMGT".indexOf(size.group(2)) + 1;
    try {
      return Math.multiplyExact(Long.parseLong(size.group(1)), 1L << (10 * power));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /**
   * {@code 90s}, {@code 10m}, {@code 1h30m}, {@code 2d}, or ISO 8601 as {@code PT90S}; above 0. A
   * century stands for all that is longer.
   */
  public static Duration duration(String text) {
    try {
      Duration duration = text.startsWith("P") ? Duration.parse(text) : unitsOf(text);
      require(duration.isPositive());
      return duration.compareTo(LONGEST) < 0 ? duration : LONGEST;
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Duration unitsOf(String text) {
    Matcher units = DURATION.matcher(text);
    require(!text.isEmpty() && units.matches());
    return Duration.ofDays(number(units.group(1)))
        .plusHours(number(units.group(2)))
        .plusMinutes(number(units.group(3)))
        .plusSeconds(number(units.group(4)));
  }

  private static long number(String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /** A number from 1 to {@code most}. */
  static int count(String text, int most) {
    int count = Integer.parseInt(text);
    require(count >= 1 && count <= most);
    return count;
  }

  /**
   * {@code https://HOST} or {@code https://HOST:PORT}, and nothing else; without a last slash or a
   * zone.
   */
  static URI server(String text) {
    URI uri = URI.create(text.toLowerCase(Locale.ROOT));
    require("https".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() <= 65535);
    require(!uri.getHost().contains("%"));
    require(uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
    require(uri.getRawUserInfo() == null && uri.getRawQuery() == null);
    require(uri.getRawFragment() == null && uri.getPort() != 0);
    return URI.create("https://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
  }

  /** An {@code http} or {@code https} URL without user and fragment. */
  static URI web(String text) {
    URI uri = URI.create(text);
    require("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
    require(uri.getHost() != null && uri.getPort() != 0 && uri.getPort() <= 65535);
    require(uri.getRawUserInfo() == null && uri.getRawFragment() == null);
    return uri;
  }

  static void require(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException("not of the form");
    }
  }
}
