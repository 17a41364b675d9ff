/**
 * What container images begin with that use nothing of their repository, so that it is built once
 * for all of them. Pure.
 */
package dev.peer.vm.layers;
