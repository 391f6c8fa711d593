using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Renexus.Server.Gateway.Authentication;

/// <summary>The bearer token of a request becomes its <see cref="Caller"/>; refusals are problems with <c>WWW-Authenticate</c> (RFC 6750).</summary>
internal sealed class AccessTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Bearer";
    private const string Prefix = SchemeName + " ";

    private CodedProblem? refusal;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [{ } header])
            return AuthenticateResult.NoResult();

        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return Refuse(AccessTokenResult.Invalid);

        var result = await tokens.VerifyAsync(header[Prefix.Length..].Trim(), ClientOrigin.Of(Context), Context.RequestAborted);
        if (result.SignedIn is not { } signedIn)
            return Refuse(result);

        Context.Features.Set(signedIn.Caller);
        return AuthenticateResult.Success(new AuthenticationTicket(signedIn.Principal, SchemeName));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var problem = refusal ?? new CodedProblem(ProblemCode.Unauthenticated, "Log in and send the access token as Authorization: Bearer.");
        if (problem.Code.Status == StatusCodes.Status401Unauthorized)
        {
            Response.Headers.WWWAuthenticate = refusal is null
                ? "Bearer realm=\"renexus\""
                : $"Bearer realm=\"renexus\", error=\"invalid_token\", error_description=\"{problem.Detail}\"";
        }

        await ProblemWriter.WriteAsync(Context, problem);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        await ProblemWriter.WriteAsync(Context, new CodedProblem(ProblemCode.Forbidden, "You may not do this."));

    private AuthenticateResult Refuse(AccessTokenResult result)
    {
        refusal = result.Problem;
        return AuthenticateResult.Fail(refusal.Detail!);
    }
}
