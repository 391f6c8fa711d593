using Microsoft.AspNetCore.Authorization;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>
/// The bearer token of a request becomes its <see cref="Caller"/>, and everybody must be signed in unless an operation says <c>AllowAnonymous</c>.
/// Refusals are problems with <c>WWW-Authenticate</c> (RFC 6750). The framework's own middleware would do the same at every request through schemes, handlers,
/// tickets, principals and policies, of all of which there is one.
/// </summary>
internal sealed class BearerAuthentication(AccessTokens tokens)
{
    /// <summary>As the header and the API's description name it.</summary>
    public const string SchemeName = "Bearer";

    private const string Prefix = SchemeName + " ";

    /// <summary>Finds out who asks. A token that does not hold is as none, until somebody must be signed in.</summary>
    public Task AuthenticateAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.Authorization is not [{ } header])
            return next(context);
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return Settle(context, next, AccessTokenResult.Invalid);

        var verifying = tokens.VerifyAsync(header[Prefix.Length..].Trim(), ClientOrigin.Of(context), context.RequestAborted);
        return verifying.IsCompletedSuccessfully ? Settle(context, next, verifying.Result) : SettleAsync(context, next, verifying);
    }

    /// <summary>Turns strangers away, also where no operation is meant.</summary>
    public static Task RequireAsync(HttpContext context, RequestDelegate next) =>
        context.Features.Get<Caller>() is not null || context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null
            ? next(context)
            : ChallengeAsync(context);

    private static async Task SettleAsync(HttpContext context, RequestDelegate next, ValueTask<AccessTokenResult> verifying) =>
        await Settle(context, next, await verifying);

    private static Task Settle(HttpContext context, RequestDelegate next, AccessTokenResult result)
    {
        if (result.Caller is { } caller)
            context.Features.Set(caller);
        else
            context.Features.Set(new Refusal(result.Problem));
        return next(context);
    }

    private static Task ChallengeAsync(HttpContext context)
    {
        var refusal = context.Features.Get<Refusal>()?.Problem;
        var problem = refusal ?? new CodedProblem(ProblemCode.Unauthenticated, "Log in and send the access token as Authorization: Bearer.");
        if (problem.Code.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = refusal is null
                ? "Bearer realm=\"renexus\""
                : $"Bearer realm=\"renexus\", error=\"invalid_token\", error_description=\"{problem.Detail}\"";
        }
        return ProblemWriter.WriteAsync(context, problem).AsTask();
    }

    /// <summary>Why a token did not hold.</summary>
    private sealed record Refusal(CodedProblem Problem);
}
