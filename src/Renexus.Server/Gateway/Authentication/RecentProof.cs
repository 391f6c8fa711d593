namespace Renexus.Server.Gateway.Authentication;

/// <summary>
/// Whether the caller has proven within <c>Renexus:Sessions:RecentProof</c> who it is: by logging in, or by step-up. The accounts feature
/// answers, from the row of the log-in. Operations that are dangerous only sometimes take it as a parameter; the others say
/// <see cref="RecentProofs.NeedsRecentProof"/>.
/// </summary>
internal delegate ValueTask<bool> RecentProof(Caller caller, CancellationToken cancellationToken);

/// <summary>Step-up: a stolen access token opens what is on the screen, not the locks of the house (SEC-MFA-04).</summary>
internal static class RecentProofs
{
    /// <summary>How it is refused, over HTTP; clients prove themselves at <c>POST /api/auth/step-up</c> and ask again.</summary>
    public static CodedProblem Missing =>
        new(ProblemCode.ReauthenticationRequired, "This needs a proof of who you are that is not older than a few minutes: POST /api/auth/step-up, then ask again.");

    /// <summary>The operation is dangerous: nobody does it with an access token alone, and no API key does it at all.</summary>
    public static TBuilder NeedsRecentProof<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(static endpoint =>
        {
            endpoint.Metadata.Add(new RecentProofMetadata());
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(
                StatusCodes.Status403Forbidden, typeof(Microsoft.AspNetCore.Mvc.ProblemDetails), ["application/problem+json"]));
        });
        return builder;
    }

    /// <summary>Before the body is read, so that the answer is the same whatever was sent.</summary>
    public static Task RequireAsync(HttpContext context, RequestDelegate next) =>
        context.GetEndpoint()?.Metadata.GetMetadata<RecentProofMetadata>() is null ? next(context) : RequireProofAsync(context, next);

    private static async Task RequireProofAsync(HttpContext context, RequestDelegate next)
    {
        var isRecent = context.RequestServices.GetRequiredService<RecentProof>();
        if (context.Features.Get<Caller>() is { } caller && await isRecent(caller, context.RequestAborted))
            await next(context);
        else
            await ProblemWriter.WriteAsync(context, Missing);
    }
}

/// <summary>Marks an operation that needs a recent proof.</summary>
internal sealed record RecentProofMetadata;
