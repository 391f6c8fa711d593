using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.External;

internal static class ListProviders
{
    public static Ok<SignInProviderList> Handle(SignInProviders providers) =>
        TypedResults.Ok(new SignInProviderList([.. providers.All.Select(provider => new SignInProviderInfo(provider.Id, provider.Name))]));
}
