using System.Net;
using Renexus.Server.Features.Accounts;
using Renexus.Testing;

namespace Renexus.Server.Tests.Features.Accounts;

[Trait("spec", "AU-5")]
[Trait("security", "SEC-AUTH-05")]
public class NetworkThrottleTests(NetworkThrottleTests.SmallServer server) : IClassFixture<NetworkThrottleTests.SmallServer>
{
    [Fact]
    public async Task Who_tries_one_password_at_many_accounts_is_held_by_where_it_comes_from()
    {
        var user = await server.SignedInAs("ada");
        var device = (await server.AnotherLogInAsync(user)).DeviceToken!;
        for (var i = 0; i < 4; i++)
            await server.Anonymous.LogInAsync(AccountsHttp.NewEmail(), "a guess").ShouldBeAsync(HttpStatusCode.Unauthorized);

        await server.Anonymous.LogInAsync(user.Email).ShouldBeAsync(HttpStatusCode.Unauthorized);

        await server.Anonymous.PostAsync(
            "/api/auth/login",
            System.Net.Http.Json.JsonContent.Create(new { email = user.Email, password = TestUser.Password, deviceToken = device }),
            TestContext.Current.CancellationToken).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData(null, "unknown")]
    public void A_network_is_what_one_customer_has(string? address, string expected) =>
        Assert.Equal(expected, Network.Of(address is null ? null : IPAddress.Parse(address)));

    public sealed class SmallServer : FrozenTestServer
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings => [.. base.Settings, new("Renexus:LogIn:FreeFailuresOfNetwork", "3")];
    }
}
