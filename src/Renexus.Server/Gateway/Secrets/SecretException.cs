namespace Renexus.Server.Gateway.Secrets;

/// <summary>A secret field cannot be read: its key is lacking, it was altered, or it belongs into another row or column.</summary>
internal sealed class SecretException(string message) : Exception(message);
