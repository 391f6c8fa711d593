using System.Net;
using Renexus.Contracts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

// A class of its own: each case needs a server that nobody has registered at.
[Trait("spec", "AU-1")]
public class FirstPersonTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Of_many_who_register_first_at_once_exactly_one_is_the_operator()
    {
        // Somebody who fails must not take the seat.
        await server.Anonymous.RegisterAsync("not an address").ShouldBeAsync(HttpStatusCode.BadRequest);

        var people = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(_ => server.Anonymous.RegisterAsync(AccountsHttp.NewEmail()).ReadAsync<LoggedIn>(HttpStatusCode.Created)));
        var later = await server.Anonymous.RegisterAsync(AccountsHttp.NewEmail()).ReadAsync<LoggedIn>(HttpStatusCode.Created);

        Assert.Single(people, p => p.User.IsOperator);
        Assert.False(later.User.IsOperator);
    }
}
