package dev.peer.pages;

import dev.peer.core.id.Digest;
import dev.peer.core.id.RunKey;
import dev.peer.core.progress.TimeSpans;
import dev.peer.wire.HolderList;
import dev.peer.wire.ResultState;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What peers announce of a repository at a rendezvous.
 *
 * @param query which announcements
 * @param peers the processes that announce any of them
 * @param running what is run now
 * @param failed what failed
 * @param runtimes the prepared runtimes, and those in the making
 * @param results a page of the results
 * @param hits what was taken instead of a run
 * @param isCut whether there are more announcements than were read
 */
public record AnnouncementView(
    RepositoryQuery query,
    Rows<PeerRow> peers,
    Rows<RunRow> running,
    Rows<RunRow> failed,
    Rows<RuntimeRow> runtimes,
    Results results,
    ToldHits hits,
    boolean isCut) {

  /** Announcements that are read for a page. */
  static final int MOST = 10_000;

  private static final int ROWS = 50;
  private static final int MOST_ROWS = 200;

  /**
   * The rows of a table.
   *
   * @param omitted how many more there are
   */
  public record Rows<T>(List<T> shown, int omitted) {

    /** Copies the list. */
    public Rows {
      shown = List.copyOf(shown);
    }

    static <T> Rows<T> of(List<T> all) {
      return new Rows<>(
          all.subList(0, Math.min(all.size(), MOST_ROWS)), Math.max(0, all.size() - MOST_ROWS));
    }
  }

  /**
   * A process of a peer.
   *
   * @param at where it says that it can be reached
   */
  public record PeerRow(String peer, String at, long held, long running, long failed) {}

  /**
   * A run at a peer that does not hold its result.
   *
   * @param page where it can be looked at, if it goes on and the peer names an address
   * @param how how it failed, where it did
   */
  public record RunRow(String key, String peer, Optional<String> page, String how) {}

  /**
   * A runtime at a peer.
   *
   * @param image the guest image that it starts from
   * @param state how far it is, for people
   */
  public record RuntimeRow(String image, String peer, String state) {}

  /**
   * A page of the results.
   *
   * @param count how many results all pages have
   * @param copies how many holders how many of them have, for people
   * @param page the number of this page, from 1
   */
  public record Results(List<ResultRow> rows, int count, String copies, int page) {

    /** Copies the list. */
    public Results {
      rows = List.copyOf(rows);
    }

    /** Which rows these are, for people. */
    public String range() {
      int first = (page - 1) * ROWS;
      return rows.isEmpty()
          ? "no results"
          : "results " + (first + 1) + " to " + (first + rows.size()) + " of " + count;
    }
  }

  /** A result and its holders. */
  public record ResultRow(String key, List<HolderLink> holders) {

    /** Copies the list. */
    public ResultRow {
      holders = List.copyOf(holders);
    }

    private long copies() {
      return holders.stream().map(HolderLink::peer).distinct().count();
    }
  }

  /**
   * A holder.
   *
   * @param page the result's page there; empty: the holder names no address
   */
  public record HolderLink(String peer, Optional<String> page) {}

  private record RunAtPeer(RunKey key, HolderList.Entry holder) {

    private boolean isIn(ResultState state) {
      return holder.state() == state;
    }
  }

  /**
   * Makes the page.
   *
   * @param found the announcements of the repository
   * @param told the hits of the repository
   */
  static AnnouncementView of(RepositoryQuery query, Announced found, List<ToldHit> told) {
    List<RunAtPeer> all =
        found.runs().entrySet().stream()
            .filter(run -> query.takes(run.getKey()))
            .flatMap(run -> run.getValue().stream().map(one -> new RunAtPeer(run.getKey(), one)))
            .toList();
    Map<Digest, List<HolderList.Entry>> runtimes =
        query.key().isEmpty() ? found.runtimes() : Map.of();
    return new AnnouncementView(
        query,
        Rows.of(peers(all, runtimes)),
        Rows.of(runs(all, ResultState.RUNNING)),
        Rows.of(runs(all, ResultState.FAILED)),
        Rows.of(runtimes(runtimes)),
        results(query, all),
        ToldHits.of(told.stream().filter(hit -> query.takes(hit.key())).toList()),
        found.count() >= MOST);
  }

  private static List<PeerRow> peers(
      List<RunAtPeer> all, Map<Digest, List<HolderList.Entry>> runtimes) {
    Map<HolderList.Entry, List<RunAtPeer>> processes =
        all.stream().collect(Collectors.groupingBy(one -> one.holder().in(RunState.PASSED)));
    runtimes.values().stream()
        .flatMap(List::stream)
        .forEach(one -> processes.putIfAbsent(one.in(RunState.PASSED), List.of()));
    return processes.entrySet().stream()
        .map(
            process ->
                new PeerRow(
                    process.getKey().peer().text(),
                    addresses(process.getKey()),
                    count(process.getValue(), ResultState.PASSED),
                    count(process.getValue(), ResultState.RUNNING),
                    count(process.getValue(), ResultState.FAILED)))
        .sorted(Comparator.comparing(PeerRow::peer).thenComparing(PeerRow::at))
        .toList();
  }

  private static String addresses(HolderList.Entry process) {
    List<String> at = new ArrayList<>();
    process.addresses().forEach(address -> at.add(address.getAuthority()));
    process.relays().forEach(relay -> at.add(relay.getAuthority() + " (relay)"));
    return String.join(", ", at);
  }

  private static long count(List<RunAtPeer> some, ResultState state) {
    return some.stream().filter(one -> one.isIn(state)).count();
  }

  private static List<RunRow> runs(List<RunAtPeer> all, ResultState state) {
    return all.stream()
        .filter(one -> one.isIn(state))
        .map(
            one ->
                new RunRow(
                    one.key().hex(),
                    one.holder().peer().text(),
                    state == ResultState.RUNNING
                        ? page(one.holder(), new PagePath.Run(one.key()))
                        : Optional.empty(),
                    one.holder().run().failure().map(AnnouncementView::how).orElse("not told")))
        .sorted(Comparator.comparing(RunRow::key).thenComparing(RunRow::peer))
        .toList();
  }

  private static String how(RunEnd.Failed failure) {
    return "in "
        + failure.stage()
        + failure.exitCode().map(code -> ", exit code " + code).orElse("")
        + ", "
        + TimeSpans.ago(Duration.between(failure.at(), Instant.now()));
  }

  private static List<RuntimeRow> runtimes(Map<Digest, List<HolderList.Entry>> runtimes) {
    return runtimes.entrySet().stream()
        .flatMap(
            runtime ->
                runtime.getValue().stream()
                    .map(
                        one ->
                            new RuntimeRow(
                                runtime.getKey().toString(), one.peer().text(), how(one.state()))))
        .sorted(Comparator.comparing(RuntimeRow::image).thenComparing(RuntimeRow::peer))
        .toList();
  }

  private static String how(ResultState runtime) {
    return switch (runtime) {
      case PASSED -> "ready";
      case RUNNING -> "preparing";
      case FAILED -> "failed";
    };
  }

  /** Those with the fewest holders first: they are lost first. */
  private static Results results(RepositoryQuery query, List<RunAtPeer> all) {
    List<ResultRow> rows =
        all.stream()
            .filter(one -> one.isIn(ResultState.PASSED))
            .collect(Collectors.groupingBy(RunAtPeer::key))
            .entrySet()
            .stream()
            .map(run -> row(run.getKey(), run.getValue()))
            .sorted(Comparator.comparingLong(ResultRow::copies).thenComparing(ResultRow::key))
            .toList();
    int pages = Math.max(1, (rows.size() + ROWS - 1) / ROWS);
    int page = Math.min(query.page(), pages);
    return new Results(
        rows.stream().skip((long) (page - 1) * ROWS).limit(ROWS).toList(),
        rows.size(),
        copies(rows),
        page);
  }

  private static ResultRow row(RunKey key, List<RunAtPeer> holders) {
    return new ResultRow(
        key.hex(),
        holders.stream()
            .map(
                one ->
                    new HolderLink(
                        one.holder().peer().text(), page(one.holder(), new PagePath.Result(key))))
            .toList());
  }

  private static Optional<String> page(HolderList.Entry holder, PagePath path) {
    return holder.addresses().stream()
        .findFirst()
        .map(address -> "https://" + address.getAuthority() + path.text());
  }

  private static String copies(List<ResultRow> rows) {
    return rows.stream()
        .collect(Collectors.groupingBy(ResultRow::copies, Collectors.counting()))
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            group ->
                group.getValue()
                    + (group.getValue() == 1 ? " has " : " have ")
                    + group.getKey()
                    + (group.getKey() == 1 ? " holder" : " holders"))
        .collect(Collectors.joining(", "));
  }

  public Optional<String> newer() {
    return results.page() > 1
        ? Optional.of(query.onPage(results.page() - 1).link())
        : Optional.empty();
  }

  public Optional<String> older() {
    return results.page() * ROWS < results.count()
        ? Optional.of(query.onPage(results.page() + 1).link())
        : Optional.empty();
  }
}
