namespace Renexus.Server.Gateway.Sockets;

/// <summary>A message that breaks the protocol; it had no effect, and its sender is told why.</summary>
internal sealed class RefusedMessage(string where, string sentence) : ProblemException(Problems.Invalid(where, sentence));
