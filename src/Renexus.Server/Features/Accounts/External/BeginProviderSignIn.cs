using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.External;

internal static class BeginProviderSignIn
{
    public static async Task<Results<Ok<ProviderSignIn>, ProblemHttpResult>> HandleAsync(
        string providerId, BeginProviderSignInRequest request, HttpContext context, SignInProviders providers, BrowserClient browser)
    {
        if (providers.Find(providerId) is not { } provider)
            return Problems.NotFound("provider");

        var secret = SecretToken.New();
        if (await provider.BeginAsync(new SignInFlow(secret.Reveal(), provider.Id), request.Fresh) is not { } address)
            return ProviderReturns.Unreachable(provider);

        if (!BrowserClient.Asks(context.Request))
            return TypedResults.Ok(new ProviderSignIn(address.AbsoluteUri, secret.Reveal()));

        browser.WriteFlow(context, secret);
        return TypedResults.Ok(new ProviderSignIn(address.AbsoluteUri, Flow: null));
    }
}
