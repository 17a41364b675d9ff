/**
 * The environment, and the {@code .env} file of the revision that is tested, as immutable records.
 *
 * <p>{@link dev.peer.config.Setting} lists every setting. The real environment comes first, then
 * the user's file ({@link dev.peer.config.UserFile}), which counts like the environment, then
 * {@code .env}: the one of the revision, never the work tree's, because an uncommitted file must
 * not shape a result that others replay. A command without a revision has no {@code .env}. A
 * setting that is set but empty has its default, whatever {@code .env} says; except the rules
 * {@code PEER_ALLOW_...}, which then allow nobody.
 *
 * <p>Which settings {@code .env} may hold: anyone who can push a branch writes it, so it decides
 * about the repository, and never about the machine or its user.
 *
 * <ul>
 *   <li>Settings that shape the run ({@code PEER_IMAGE}, {@code PEER_ENV}, {@code PEER_NETWORK} and
 *       so on) are in the run key or the signed record, and {@code .env} is in the tree, which is
 *       in the key too: so no branch can make another's result. The same holds for {@code
 *       PEER_REPO}.
 *   <li>{@code PEER_RENDEZVOUS} may be there, so that a clone knows where its team meets. A
 *       rendezvous is not trusted: it must have a certificate from {@code PEER_CA}, holds no bytes
 *       of a result, and what it points to is verified. A wrong one can only hide results.
 *   <li>Keys, CAs, CRLs and rules ({@code PEER_CERT}, {@code PEER_KEY}, {@code PEER_CA}, {@code
 *       PEER_CRL}, {@code PEER_CRL_MODE}, {@code PEER_TSA_CA}, {@code PEER_ALLOW_...}) decide who
 *       this peer is and whom it trusts; {@code PEER_TSA} decides whom it calls, and a branch must
 *       not; {@code PEER_HOME} is about this machine's disk, {@code PEER_LISTEN}, {@code
 *       PEER_ADVERTISE} and {@code PEER_RELAY} about what it opens to the network, {@code
 *       PEER_PREPARE_NETWORK} about what of the network it opens to guests, and {@code
 *       PEER_PREPARE_CA} about whom they trust there. These come from the real environment only. In
 *       {@code .env} they are an error, and not ignored: their author believes that they apply.
 * </ul>
 *
 * <p>{@code PEER_ENV}, {@code PEER_SECRETS} and {@code PEER_PREPARE_SECRETS} cannot name a {@code
 * PEER_} variable: the value could be the key. Any other variable that a revision's {@code
 * PEER_ENV} names is taken from the caller's environment and is unencrypted in the record that
 * peers share; a command that runs says which names it took. A value in {@code .env} is no secret:
 * everyone with the tree has it.
 *
 * <p>Every failure is a {@link dev.peer.config.ConfigException}, which names the setting, where it
 * came from and the form that is expected, and never shows a key or a password. Pure, except for
 * the user's file: no other is read here, and the environment is handed in.
 *
 * <p>Uses {@code core.id}, {@code core.key}, {@code core.network}, {@code core.record} and {@code
 * core.trust}.
 */
package dev.peer.config;
