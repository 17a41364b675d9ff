package dev.peer.core.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.key.ContainerLimits;
import dev.peer.core.key.TestOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunRecordJsonTest {

  private static final Content CONTENT = new Content(3, Digest.of("abc".getBytes(UTF_8)));

  private final RunRecord record =
      Records.record(
          new TestOutput(CONTENT, CONTENT, CONTENT),
          List.of(Artifact.file("a/b.txt", true, CONTENT)));

  @Test
  void readsWhatItWrote() throws Exception {
    byte[] bytes = JsonTree.bytes(RunRecordJson.write(record));

    RunRecord read = RunRecordJson.readV2(StrictJson.parse("record", bytes));

    assertThat(read).isEqualTo(record);
    assertThat(JsonTree.bytes(RunRecordJson.write(read))).isEqualTo(bytes);
  }

  @Test
  void tagsAreAFieldOnlyWhereTheyCount() throws Exception {
    ObjectNode json = RunRecordJson.write(record);
    ObjectNode inputs = (ObjectNode) json.get("inputs");
    assertThat(inputs.has("tags")).isFalse();
    inputs.put("tags", CONTENT.digest().toString());
    assertThatThrownBy(() -> read(json)).isInstanceOf(MalformedException.class);

    inputs.put("commit", "1".repeat(40));
    RunRecord read = RunRecordJson.readV2(StrictJson.parse("record", JsonTree.bytes(json)));

    assertThat(read.inputs().tags()).contains(CONTENT.digest());
    assertThat(RunRecordJson.write(read).get("inputs").get("tags").asText())
        .isEqualTo(CONTENT.digest().toString());
  }

  @Test
  void readsWhatARunAskedForBesidesTheUsual() throws Exception {
    RunRecord asked = asked();
    byte[] bytes = JsonTree.bytes(RunRecordJson.write(asked));

    RunRecord read = RunRecordJson.readV2(StrictJson.parse("record", bytes));

    assertThat(read).isEqualTo(asked);
    assertThat(JsonTree.bytes(RunRecordJson.write(read))).isEqualTo(bytes);
  }

  @Test
  void statesWhatReportsCountWhereThereAreReportsAlone() throws Exception {
    RunRecord counted = Records.with(record, new TestCounts(52, 1, 2, 3, 1));
    byte[] bytes = JsonTree.bytes(RunRecordJson.write(counted));

    assertThat(RunRecordJson.readV2(StrictJson.parse("record", bytes))).isEqualTo(counted);
    assertThat(JsonTree.bytes(RunRecordJson.write(counted).without("tests")))
        .isEqualTo(JsonTree.bytes(RunRecordJson.write(record)));
    byte[] first = JsonTree.bytes(RunRecordJson.write(counted).without("provenance"));
    assertThatThrownBy(() -> RunRecordJson.readV1(StrictJson.parse("record", first)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("unknown field tests");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 2, 0, 1, 0",
    "1, 1, 1, 1, 0",
    "-1, 0, 0, 1, 0",
    "1, 0, 0, 0, 1",
    "0, 0, 0, 0, 0",
    "99999999999, 2147483647, 2147483647, 1, 0"
  })
  void refusesCountsThatCannotBe(long tests, long failed, long skipped, long reports, long unread) {
    ObjectNode json = RunRecordJson.write(record);
    json.putObject("tests")
        .put("count", tests)
        .put("failed", failed)
        .put("skipped", skipped)
        .put("reports", reports)
        .put("unread", unread);

    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("not the counts of reports");
  }

  @Test
  void aRecordOfVersion1AsksForNothingBesidesTheUsual() {
    byte[] bytes = JsonTree.bytes(RunRecordJson.write(asked()).without("provenance"));

    assertThatThrownBy(() -> RunRecordJson.readV1(StrictJson.parse("record", bytes)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("unknown field containerLimits");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "containerLimits; \"shm=1G\"; their one form",
        "containers; false; true, or nothing",
        "containers; \"on\"; containers",
        "retries; 0; 1 or more",
        "retries; 10; 0 to 9",
        "prepareSecrets; []; sorted names, or nothing",
        "prepareSecrets; [\"B\",\"A\"]; sorted names, or nothing",
        "prepareSecrets; [\"A\",\"A\"]; sorted names, or nothing",
        "prepareSecrets; [\"A-B\"]; not a variable's name",
        "retries; 1; tries 1 of 1, where the inputs allow 2",
      })
  void refusesOptionsOfAnotherForm(String field, String value, String why) throws Exception {
    ObjectNode json = RunRecordJson.write(record);
    ((ObjectNode) json.get("inputs")).set(field, new ObjectMapper().readTree(value));

    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(why);
  }

  private RunRecord asked() {
    TestOptions options =
        new TestOptions(
                ContainerLimits.parse(List.of("shm=1G", "cap=NET_RAW")),
                2,
                new TreeSet<>(List.of("A", "B")))
            .withContainers();
    Provenance.Stated stated = Records.provenance();
    return Records.with(
        record,
        options,
        new Provenance.Stated(
            stated.startedFrom(),
            stated.preparationNetwork(),
            stated.mk(),
            stated.agent(),
            new Tries(2, 3),
            stated.stages()));
  }

  @Test
  void readsARecordOfVersion1AsOneOfUnstatedProvenance() throws Exception {
    byte[] bytes = JsonTree.bytes(RunRecordJson.write(record).without("provenance"));

    RunRecord read = RunRecordJson.readV1(StrictJson.parse("record", bytes));

    assertThat(read.provenance()).isEqualTo(new Provenance.Unstated());
    assertThat(read.provenance().origin()).isEqualTo(KeptOrigin.ANY);
    assertThat(JsonTree.bytes(RunRecordJson.write(read))).isEqualTo(bytes);
  }

  @Test
  void aVersionHasNoFieldOfTheOther() {
    ObjectNode second = RunRecordJson.write(record);
    ObjectNode first = second.deepCopy().without("provenance");

    assertThatThrownBy(
            () -> RunRecordJson.readV1(StrictJson.parse("record", JsonTree.bytes(second))))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("unknown field provenance");
    assertThatThrownBy(() -> read(first))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("field provenance is missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "startedFrom; {\"origin\":\"main\",\"commits\":[]}; blank, layers, trunk, history or any",
        "startedFrom; {\"origin\":\"blank\",\"commits\":[\"C\"]}; the origin blank has no commits",
        "startedFrom; {\"origin\":\"layers\",\"commits\":[\"C\"],\"layers\":\"D\"}; the origin"
            + " layers has no commits",
        "startedFrom; {\"origin\":\"layers\",\"commits\":[]}; a disk of layers names them",
        "startedFrom; {\"origin\":\"blank\",\"commits\":[],\"layers\":\"D\"}; a blank disk has no"
            + " layers",
        "startedFrom; {\"origin\":\"trunk\",\"commits\":[\"C\"],\"layers\":\"x\"}; not a digest",
        "startedFrom; {\"origin\":\"trunk\",\"commits\":[]}; names the commits",
        "startedFrom; {\"origin\":\"history\",\"commits\":[]}; names the commits",
        "startedFrom; {\"origin\":\"any\",\"commits\":[\"C\",\"C\"]}; named twice",
        "startedFrom; {\"origin\":\"any\",\"commits\":[\"HEAD\"]}; not a git commit id",
        "startedFrom; {\"origin\":\"any\",\"commits\":[],\"x\":1}; unknown field x",
        "startedFrom; {\"origin\":\"trunk\",\"commits\":[\"C\"],\"runtimes\":[]}; or nothing",
        "startedFrom; {\"origin\":\"any\",\"commits\":[],\"runtimes\":[R]}; names what wrote it",
        "startedFrom; {\"origin\":\"trunk\",\"commits\":[\"C\"],\"runtimes\":[{\"maker\":\"a\"}]};"
            + " digest is missing",
        "startedFrom; {\"origin\":\"trunk\",\"commits\":[\"C\"],\"runtimes\":[{\"maker\":\" \","
            + "\"digest\":\"D\"}]}; not a peer id",
        "preparationNetwork; {\"access\":\"some\",\"hosts\":[],\"hostReachable\":true}; hosts was",
        "preparationNetwork; {\"access\":\"none\",\"hosts\":[],\"hostReachable\":true}; out of"
            + " reach",
        "preparationNetwork; {\"access\":\"hosts\",\"hosts\":[],\"hostReachable\":true}; exactly",
        "preparationNetwork; {\"access\":\"open\",\"hosts\":[\"a\"],\"hostReachable\":true};"
            + " exactly",
        "preparationNetwork; {\"access\":\"hosts\",\"hosts\":[\"a b\"],\"hostReachable\":true}; a"
            + " host",
        "mk; \"\"; not a version",
        "agent; \"0.6 \"; not a version",
        "tries; {\"passedAt\":0,\"allowed\":1}; a try",
        "tries; {\"passedAt\":2,\"allowed\":1}; a try",
        "stages; []; stages, or nothing",
        "stages; {}; an array",
        "stages; [1]; an object",
        "stages; [{\"milliseconds\":1}]; name is missing",
        "stages; [{\"name\":\"test\"}]; milliseconds is missing",
        "stages; [{\"name\":1,\"milliseconds\":1}]; a string",
        "stages; [{\"name\":\"test\",\"milliseconds\":1.5}]; a whole number",
        "stages; [{\"name\":\"test\",\"milliseconds\":\"1\"}]; a whole number",
        "stages; [{\"name\":\"test\",\"milliseconds\":9223372036854775808}]; a whole number",
        "stages; [{\"name\":\"test\",\"milliseconds\":1,\"x\":1}]; unknown field x",
        "stages; [{\"name\":\"\",\"milliseconds\":1}]; not a stage",
        "stages; [{\"name\":\"-a\",\"milliseconds\":1}]; not a stage",
        "stages; [{\"name\":\"Test\",\"milliseconds\":1}]; not a stage",
        "stages; [{\"name\":\"a\\u001b[m\",\"milliseconds\":1}]; not a stage",
        "stages; [{\"name\":\"<b>\",\"milliseconds\":1}]; not a stage",
        "stages; [{\"name\":\"LONG\",\"milliseconds\":1}]; not a stage",
        "stages; [{\"name\":\"test\",\"milliseconds\":-1}]; not the time of a stage",
        "stages; [{\"name\":\"test\",\"milliseconds\":31536000001}]; not the time of a stage",
        "stages; [{\"name\":\"test\",\"milliseconds\":60323}]; longer than the run",
        "stages; [{\"name\":\"a\",\"milliseconds\":1},{\"name\":\"a\",\"milliseconds\":1}];"
            + " named twice"
      })
  void refusesAProvenanceThatCannotBe(String field, String value, String reason) throws Exception {
    ObjectNode json = RunRecordJson.write(record);
    ((ObjectNode) json.path("provenance"))
        .set(
            field,
            new ObjectMapper()
                .readTree(
                    value
                        .replace("LONG", "a".repeat(32))
                        .replace("[R]", "[{\"maker\":\"a\",\"digest\":\"D\"}]")
                        .replace("C", "c".repeat(40))
                        .replace("D", CONTENT.digest().toString())));

    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void namesTheRuntimesThatADiskCameFromOnlyWhereThereAreAny() throws Exception {
    assertThat(RunRecordJson.write(record).at("/provenance/startedFrom").has("runtimes")).isFalse();
    Provenance.Stated taken =
        Records.provenance(
            Records.provenance()
                .startedFrom()
                .outOf(
                    List.of(
                        new RuntimeId(new PeerId("urn:peer:ci"), CONTENT.digest()),
                        new RuntimeId(new PeerId("CN=laptop"), CONTENT.digest()))));
    RunRecord started = Records.with(record, record.inputs().options(), taken);
    ObjectNode json = RunRecordJson.write(started);

    assertThat(json.at("/provenance/startedFrom/runtimes").toString())
        .isEqualTo(
            "[{'maker':'urn:peer:ci','digest':'D'},{'maker':'CN=laptop','digest':'D'}]"
                .replace('\'', '"')
                .replace("D", CONTENT.digest().toString()));
    RunRecord read = RunRecordJson.readV2(StrictJson.parse("record", JsonTree.bytes(json)));
    assertThat(read).isEqualTo(started);
    assertThat(read.provenance().origin()).isEqualTo(KeptOrigin.TRUNK);
  }

  @Test
  void statesHowLongStagesTookOnlyWhereThatIsKnown() throws Exception {
    ObjectNode json = RunRecordJson.write(record);
    assertThat(json.at("/provenance/stages").toString())
        .isEqualTo(
            "[{'name':'boot','milliseconds':1234},{'name':'test','milliseconds':28000}]"
                .replace('\'', '"'));
    assertThat(read(json)).isEqualTo(record);

    ((ObjectNode) json.path("provenance")).remove("stages");
    RunRecord before = read(json);
    assertThat(((Provenance.Stated) before.provenance()).stages()).isEqualTo(StageTimes.UNSTATED);
    assertThat(RunRecordJson.write(before)).isEqualTo(json);
  }

  @Test
  void takesStagesThatTookAsLongAsTheRunAndAtMostSixteen() throws Exception {
    ObjectNode json = RunRecordJson.write(record);
    ArrayNode stages = ((ObjectNode) json.path("provenance")).putArray("stages");
    stages.addObject().put("name", "a" + "-".repeat(30)).put("milliseconds", 60_322);
    for (char name = 'b'; stages.size() < StageTimes.MOST; name++) {
      stages.addObject().put("name", "" + name).put("milliseconds", 0);
    }
    assertThat(RunRecordJson.write(read(json)).toString()).isEqualTo(json.toString());

    stages.addObject().put("name", "one-more").put("milliseconds", 0);
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("at most 16 stages");
  }

  @Test
  void statesTheLayersThatADiskBeganWith() throws Exception {
    RuntimeId runtime = new RuntimeId(new PeerId("CN=laptop"), CONTENT.digest());
    StartedFrom alone = StartedFrom.ofLayers(CONTENT.digest(), List.of(runtime));
    StartedFrom trunk =
        new StartedFrom(
            KeptOrigin.TRUNK,
            List.of(new CommitId("1".repeat(40))),
            List.of(),
            Optional.of(CONTENT.digest()));

    for (StartedFrom from : List.of(alone, trunk)) {
      RunRecord stated = Records.with(record, Records.provenance(from));
      RunRecord read = read(RunRecordJson.write(stated));
      assertThat(((Provenance.Stated) read.provenance()).startedFrom()).isEqualTo(from);
    }
    assertThat(alone).hasToString("layers");
    assertThat(trunk.as(KeptOrigin.HISTORY).layers()).isEqualTo(trunk.layers());
    assertThat(trunk.outOf(List.of(runtime)).layers()).isEqualTo(trunk.layers());
  }

  @Test
  void refusesADiskOfTooManyRuntimes() {
    StartedFrom disk = Records.provenance().startedFrom();
    List<RuntimeId> runtimes =
        Collections.nCopies(
            StartedFrom.MOST_RUNTIMES, new RuntimeId(new PeerId("a"), CONTENT.digest()));

    assertThat(disk.mayBecomeRuntime()).isTrue();
    assertThat(disk.outOf(runtimes).mayBecomeRuntime()).isFalse();
    List<RuntimeId> more = new ArrayList<>(runtimes);
    more.add(runtimes.getFirst());
    assertThatThrownBy(() -> disk.outOf(more))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("100 runtimes");
  }

  @Test
  void refusesADiskOfTooManyPreparations() {
    List<CommitId> commits =
        IntStream.rangeClosed(0, StartedFrom.MOST_COMMITS)
            .mapToObj(n -> new CommitId(String.format("%040x", n)))
            .toList();

    assertThat(new StartedFrom(KeptOrigin.TRUNK, commits.subList(0, StartedFrom.MOST_COMMITS)))
        .isNotNull();
    assertThatThrownBy(() -> new StartedFrom(KeptOrigin.TRUNK, commits))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1000 preparations");
  }

  @Test
  void anOriginIncludesTheNarrowerOnes() {
    assertThat(KeptOrigin.values())
        .filteredOn(origin -> origin.within(KeptOrigin.TRUNK))
        .containsExactly(KeptOrigin.BLANK, KeptOrigin.LAYERS, KeptOrigin.TRUNK);
  }

  @ParameterizedTest
  @CsvSource({
    "exitCode, \"0\"",
    "startedAt, \"yesterday\"",
    "containerImage, null",
    "secretNames, [1]",
    "artifacts, {}",
    "inputs, []",
    "cpus, 1.5"
  })
  void refusesAFieldOfAnotherType(String field, String value) throws Exception {
    ObjectNode json = RunRecordJson.write(record);
    json.set(field, new ObjectMapper().readTree(value));

    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(field);
  }

  @Test
  void refusesAMissingField() {
    ObjectNode json = RunRecordJson.write(record);
    json.remove("accelerator");

    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("accelerator");
  }

  @Test
  void refusesAnUnknownField() {
    ObjectNode json = RunRecordJson.write(record);
    json.put("extra", 1);

    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("extra");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "..", "../a", "a/../b", "/a", "a//b", "a/", "./a", "a\u0000", "a\nb", "a\u007F",
        "a\u0085", "a\u2028", "a\uD800"
      })
  void refusesAnArtifactPathThatCouldLeaveItsDirectory(String path) {
    assertThatThrownBy(() -> Artifact.requirePath(path))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsLinksDirectoriesAndModesAsItWroteThem() throws Exception {
    RunRecord odd =
        Records.record(
            record.output(),
            List.of(
                new Artifact.File("a", FileMode.parse("0600"), CONTENT),
                new Artifact.File("b", FileMode.parse("0711"), CONTENT),
                new Artifact.Directory("c", FileMode.DIRECTORY),
                new Artifact.Link("d/e", "../a"),
                new Artifact.Link("\uD83D\uDC68\u200D\uD83D\uDC69 \\", "no where")));
    byte[] bytes = JsonTree.bytes(RunRecordJson.write(odd));

    RunRecord read = RunRecordJson.readV2(StrictJson.parse("record", bytes));

    assertThat(read).isEqualTo(odd);
    assertThat(JsonTree.bytes(RunRecordJson.write(read))).isEqualTo(bytes);
  }

  @Test
  void readsTheSizeOfAListThatIsAFileOfTheBundle() throws Exception {
    RunRecord large =
        Records.record(
            record.inputs(),
            record.output(),
            new Artifacts.Manifested(200_000, 5L << 32, new Content(1L << 24, CONTENT.digest())));
    byte[] bytes = JsonTree.bytes(RunRecordJson.write(large));

    assertThat(RunRecordJson.readV2(StrictJson.parse("record", bytes))).isEqualTo(large);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"path\":\"a\",\"link\":\"b\"}",
        "{\"path\":\"a\",\"directory\":\"0755\"}",
        "{\"path\":\"a\",\"executable\":false,\"mode\":\"0600\",\"size\":3,\"digest\":\"D\"}"
      })
  void aRecordOfVersion1HasPlainFilesOnly(String artifact) throws Exception {
    ObjectNode json = RunRecordJson.write(record).without("provenance");
    json.putArray("artifacts").add(new ObjectMapper().readTree(withDigest(artifact)));

    assertThatThrownBy(() -> RunRecordJson.readV1(StrictJson.parse("record", JsonTree.bytes(json))))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("version 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"path\":\"a\",\"link\":\"/etc\"}]",
        "[{\"path\":\"a\",\"link\":\"..\"}]",
        "[{\"path\":\"a/b\",\"link\":\"c/../../..\"}]",
        "[{\"path\":\"a/b\",\"link\":\"c/../d\"}]",
        "[{\"path\":\"a\",\"link\":\"\"}]",
        "[{\"path\":\"a\",\"link\":\"b\\u001b\"}]",
        "[{\"path\":\"a\",\"link\":\"b\",\"size\":0}]",
        "[{\"path\":\"a\",\"link\":\"b\",\"directory\":\"0755\"}]",
        "[{\"path\":\"a\",\"directory\":\"4755\"}]",
        "[{\"path\":\"a\",\"directory\":true}]",
        "[{\"path\":\"a\",\"executable\":true,\"mode\":\"0600\",\"size\":3,\"digest\":\"D\"}]",
        "[{\"path\":\"a\",\"executable\":true,\"mode\":\"0755\",\"size\":3,\"digest\":\"D\"}]",
        "[{\"path\":\"a\",\"link\":\"b\"},{\"path\":\"a\",\"directory\":\"0755\"}]",
        "[{\"path\":\"a\",\"link\":\"b\"},{\"path\":\"a/b\",\"directory\":\"0755\"}]",
        "[{\"path\":\"a/b/c\",\"directory\":\"0755\"},{\"path\":\"a\",\"link\":\"b\"}]"
      })
  void refusesAnArtifactThatCouldLeadOutOrIsTwoThings(String artifacts) throws Exception {
    ObjectNode json = RunRecordJson.write(record);
    json.set("artifacts", new ObjectMapper().readTree(withDigest(artifacts)));

    assertThatThrownBy(() -> read(json)).isInstanceOf(MalformedException.class);
  }

  private static String withDigest(String json) {
    return json.replace("\"D\"", "\"" + CONTENT.digest() + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "{\"a\":1,\"a\":2}", "{} {}", "", "\"text\""})
  void refusesWhatIsNoSingleObject(String json) {
    assertThatThrownBy(() -> StrictJson.parse("it", json.getBytes(UTF_8)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void refusesDeepNesting() {
    String json = "{\"a\":".repeat(1000) + "1" + "}".repeat(1000);

    assertThatThrownBy(() -> StrictJson.parse("it", json.getBytes(UTF_8)))
        .isInstanceOf(MalformedException.class);
  }

  private static RunRecord read(ObjectNode json) throws MalformedException {
    return RunRecordJson.readV2(StrictJson.parse("record", JsonTree.bytes(json)));
  }
}
