using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.External;

/// <summary>Who comes back from a provider's page, whatever it was for.</summary>
internal sealed class ProviderReturns(SignInProviders providers, BrowserClient browser)
{
    /// <summary>The person, or why there is none. Either way the browser has to begin anew: a code is good once.</summary>
    public async Task<(ExternalPerson? Person, ProblemHttpResult? Refusal)> WhoAsync(
        string providerId, ProviderAnswerRequest answer, HttpContext context, CancellationToken cancellationToken)
    {
        if (providers.Find(providerId) is not { } provider)
            return (null, Problems.NotFound("provider"));

        var text = BrowserClient.Asks(context.Request) ? browser.ReadFlow(context.Request) : answer.Flow;
        if (BrowserClient.Asks(context.Request))
            browser.ClearFlow(context);
        var flow = SecretToken.TryParse(text, out var secret) ? new SignInFlow(secret.Reveal(), provider.Id) : null;
        if (flow is null || !flow.IsAnsweredBy(answer.State!))
            return (null, Refused("This was not begun in this browser, or too long ago"));

        var (person, isProvidersFault) = await provider.RedeemAsync(flow, answer.Code!, cancellationToken);
        return person is not null ? (person, null)
            : isProvidersFault ? (null, Unreachable(provider))
            : (null, Refused($"{provider.Name} does not say who it is"));
    }

    public static ProblemHttpResult Unreachable(SignInProvider provider) =>
        Problems.Of(ProblemCode.ProviderFailed, $"{provider.Name} cannot be reached, or does not answer as it should; try again later, or sign in another way.");

    // Not a 401: for who is signed in and comes back from a provider the access token is good.
    private static ProblemHttpResult Refused(string reason) => Problems.Forbidden($"{reason}; begin again.");
}
