using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Audit;

namespace Renexus.Server.Features.Accounts.Factors;

/// <summary>Asks authenticators and judges what they answer: ASP.NET Core Identity's WebAuthn, with challenges of our own keeping.</summary>
internal sealed class PasskeyCeremonies(
    UserManager<Account> users, RelyingParty relyingParty, PasskeyChallenges challenges, FactorNews news, Database database, TimeProvider clock,
    ILogger<PasskeyCeremonies> logger)
{
    // Identity says why only in words. A new release that says it otherwise fails the tests of the counter.
    private const string CounterWentBack = "signature counter";

    // The counter is compared once more: two answers signed one after the other may be judged at the same time.
    private static readonly Command Used = new("accounts.use_passkey", """
        update accounts.passkey set sign_count = $3, is_backed_up = $4, last_used_at = $5
        where user_id = $1 and credential_id = $2 and (sign_count < $3 or (sign_count = 0 and $3 = 0))
        """);

    /// <summary>Asks for a new passkey.</summary>
    public async Task<PasskeyChallenge?> AskForNewAsync(Guid userId, HttpContext context)
    {
        if (await users.FindByIdAsync(userId.ToString()) is not { } account)
            return null;

        var made = await Handler(PasskeyChallenges.Register).MakeCreationOptionsAsync(
            new PasskeyUserEntity { Id = account.Id.ToString(), Name = account.Email, DisplayName = account.Name }, context);
        var id = await challenges.KeepAsync(PasskeyChallenges.Register, userId, made.AttestationState!, context.RequestAborted);
        return new PasskeyChallenge(id, JsonElement.Parse(made.CreationOptionsJson));
    }

    /// <summary>The new passkey that an authenticator made; null when the answer does not hold.</summary>
    public async Task<UserPasskeyInfo?> JudgeNewAsync(Guid challengeId, JsonElement credential, Guid userId, HttpContext context)
    {
        if (await challenges.TakeAsync(challengeId, PasskeyChallenges.Register, userId, context.RequestAborted) is not { } state)
            return null;

        var result = await Handler(PasskeyChallenges.Register).PerformAttestationAsync(
            new PasskeyAttestationContext { HttpContext = context, CredentialJson = credential.GetRawText(), AttestationState = state });
        if (!result.Succeeded)
            logger.PasskeyRefused(userId, result.Failure.Message);
        return result.Succeeded && string.Equals(result.UserEntity.Id, userId.ToString(), StringComparison.Ordinal) ? result.Passkey : null;
    }

    /// <summary>Asks for a proof by one of the person's passkeys, or, when nobody is known yet, by any.</summary>
    public async Task<PasskeyChallenge> AskAsync(string purpose, Guid? userId, HttpContext context)
    {
        var account = userId is { } id ? await users.FindByIdAsync(id.ToString()) : null;
        var made = await Handler(purpose).MakeRequestOptionsAsync(account, context);
        var challenge = await challenges.KeepAsync(purpose, account?.Id, made.AssertionState!, context.RequestAborted);
        return new PasskeyChallenge(challenge, JsonElement.Parse(made.RequestOptionsJson));
    }

    /// <summary>Whose passkey answered; null when the answer does not hold.</summary>
    /// <param name="userId">Who must have answered; null when that is the question.</param>
    public async Task<Guid?> JudgeAsync(PasskeyProofRequest proof, string purpose, Guid? userId, HttpContext context)
    {
        if (await challenges.TakeAsync(proof.ChallengeId!.Value, purpose, userId, context.RequestAborted) is not { } state)
            return null;

        var result = await Handler(purpose).PerformAssertionAsync(
            new PasskeyAssertionContext { HttpContext = context, CredentialJson = proof.Credential!.Value.GetRawText(), AssertionState = state });
        if (!result.Succeeded)
        {
            await RefuseAsync(result.Failure, proof.Credential.Value, userId, context.RequestAborted);
            return null;
        }

        if (userId is not null && userId != result.User.Id)
            return null;

        var passkey = result.Passkey;
        var used = await database.ExecuteAsync(
            Scope.Of(result.User.Id), Used,
            [result.User.Id, passkey.CredentialId, (long)passkey.SignCount, passkey.IsBackedUp, clock.GetUtcNow()],
            context.RequestAborted);
        if (used == 0)
        {
            await TellOfCopyAsync(result.User.Id, context.RequestAborted);
            return null;
        }

        return result.User.Id;
    }

    private async Task RefuseAsync(PasskeyException failure, JsonElement credential, Guid? userId, CancellationToken cancellationToken)
    {
        logger.PasskeyRefused(userId, failure.Message);
        // It is looked at after the signature, so only a holder of the private key comes this far.
        if (!failure.Message.Contains(CounterWentBack, StringComparison.Ordinal) || CredentialIdOf(credential) is not { } id)
            return;
        if (await database.QueryFirstAsync(Scope.None, AccountStore.HolderOfPasskey, [id], cancellationToken) is { } holder)
            await TellOfCopyAsync(holder.UserId, cancellationToken);
    }

    private async Task TellOfCopyAsync(Guid userId, CancellationToken cancellationToken)
    {
        await database.RecordPersonalAsync(
            AuditActions.LogInRefused, userId, resourceId: null, new { factor = FactorMethods.Passkey, reason = "counter_went_back" },
            clock.GetUtcNow(), cancellationToken);
        await news.TellAsync(userId, FactorNews.PasskeyCopied, cancellationToken);
    }

    private static byte[]? CredentialIdOf(JsonElement credential) =>
        credential.ValueKind == JsonValueKind.Object && credential.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
            ? System.Buffers.Text.Base64Url.DecodeFromChars(id.GetString())
            : null;

    private PasskeyHandler<Account> Handler(string purpose) =>
        new(users, purpose == PasskeyChallenges.Prove ? relyingParty.WithVerification : relyingParty.WithoutVerification);
}
