package dev.peer.vm.registry;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a registry asks for before it answers: a token, which anybody gets from a server. */
record Challenge(URI realm, Map<String, String> parameters) {

  private static final Pattern SCHEME = Pattern.compile("(?i)bearer +");
  private static final Pattern PARAMETER = Pattern.compile("([A-Za-z_]{1,20})=\"([^\"]{0,2000})\"");

  /** Reads the value of {@code WWW-Authenticate}; empty if it asks for anything else. */
  static Optional<Challenge> parse(String header) {
    if (!SCHEME.matcher(header).lookingAt()) {
      return Optional.empty();
    }
    Map<String, String> parameters = new TreeMap<>();
    Matcher found = PARAMETER.matcher(header);
    while (found.find()) {
      parameters.put(found.group(1).toLowerCase(Locale.ROOT), found.group(2));
    }
    try {
      return Optional.ofNullable(parameters.get("realm"))
          .map(realm -> new Challenge(URI.create(realm), parameters));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Where the token is. */
  URI token() {
    String query =
        Stream.of("service", "scope")
            .filter(parameters::containsKey)
            .map(name -> name + "=" + encoded(parameters.get(name)))
            .collect(Collectors.joining("&"));
    return URI.create(realm + (realm.getRawQuery() == null ? "?" : "&") + query);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
