using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts.External;

internal static class ListIdentities
{
    private sealed record Row(string Issuer, DateTimeOffset CreatedAt);

    private static readonly Query<Row> Own = new("accounts.connected_identities", """
        select issuer, created_at from accounts.external_identity where user_id = $1 order by created_at, issuer limit 200
        """);

    public static async Task<Ok<ConnectedIdentities>> HandleAsync(
        Caller caller, Database database, SignInProviders providers, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(Scope.Of(caller.UserId), Own, [caller.UserId], cancellationToken);
        return TypedResults.Ok(new ConnectedIdentities([.. rows.Select(row => Show(row, providers.All.FirstOrDefault(provider => provider.Issuer == row.Issuer)))]));
    }

    private static ConnectedIdentity Show(Row row, SignInProvider? provider) => new(
        provider?.Id, provider?.Name ?? (Uri.TryCreate(row.Issuer, UriKind.Absolute, out var address) ? address.Host : row.Issuer), row.Issuer, row.CreatedAt);
}
