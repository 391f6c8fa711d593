namespace Renexus.Server.Gateway.Authentication;

/// <summary>
/// Lets somebody in whom a provider vouches for: finds the account, or makes it, and the log-in that the token belongs to. The accounts
/// feature answers.
/// </summary>
internal delegate ValueTask<ExternalLogIn> ExternalLogIns(ExternalPerson person, ClientOrigin origin, CancellationToken cancellationToken);

/// <summary>What came of it; the ids are there when <see cref="Failure"/> is none.</summary>
internal readonly record struct ExternalLogIn(AccessTokenFailure Failure, Guid UserId = default, Guid SessionId = default);
