using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway.Configuration;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts.Email;

[Trait("spec", "AU-6")]
[Trait("security", "SEC-AUTH-07")]
public class VerifiedEmailTests(VerifiedEmailTests.StrictServer server) : IClassFixture<VerifiedEmailTests.StrictServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_it_is_asked_for_nobody_is_brought_in_before_the_address_is_proven()
    {
        var ada = await server.SignedInAs("ada");
        var bob = await server.SignedInAs("bob");
        var workspace = await TestServer.CreateWorkspace(ada);

        await AddAsync(ada, workspace, bob.Email).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.EmailNotVerified);
        await AddAsync(ada, workspace, AccountsHttp.NewEmail()).ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.EmailNotVerified);
        await ada.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/invitations", new { email = bob.Email, role = Roles.Viewer }, Stop)
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden, ProblemCodes.EmailNotVerified);

        var token = await server.TokenToAsync(ada.Email, "verify");
        await server.Anonymous.PostAsJsonAsync("/api/auth/email/verify", new { token }, Stop).ShouldBeAsync(HttpStatusCode.NoContent);
        await AddAsync(ada, workspace, bob.Email).ShouldBeAsync(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData(null, null, false)] // no mail goes out: nobody could prove an address
    [InlineData(null, "mail.example", true)]
    [InlineData(false, "mail.example", false)]
    [InlineData(true, null, true)]
    public async Task It_is_asked_for_where_mails_go_out_unless_the_configuration_says_otherwise(bool? setting, string? host, bool isAsked)
    {
        var ada = await server.SignedInAs("ada");
        var rule = new VerifiedEmail(new RenexusOptions { Accounts = new() { RequireVerifiedEmail = setting }, Email = new() { Host = host } });
        await using var work = await server.Services.GetRequiredService<Database>().BeginAsync(Scope.Of(ada.Id), Stop);

        Assert.Equal(isAsked, await rule.RefuseAsync(work, ada.Id, Stop) is not null);
    }

    private static Task<HttpResponseMessage> AddAsync(TestUser user, Guid workspace, string email) =>
        user.Client.PostAsJsonAsync($"/api/workspaces/{workspace}/members", new { email, role = Roles.Editor }, Stop);

    public sealed class StrictServer : TestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings => [.. base.Settings, new("Renexus:Accounts:RequireVerifiedEmail", "true")];
    }
}
