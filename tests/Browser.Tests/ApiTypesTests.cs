using System.Diagnostics;
using Renexus.Testing;

namespace Renexus.Browser.Tests;

[Trait("spec", "DB-8")]
public sealed class ApiTypesTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task The_web_client_has_the_types_that_the_server_serves()
    {
        Assert.SkipUnless(Directory.Exists(WebDirectory.PathTo("node_modules")), "The web client's packages are not restored.");
        var start = new ProcessStartInfo("node", [WebDirectory.PathTo("scripts", "api.mjs"), "--check", server.Address.ToString()])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var check = Process.Start(start)!;
        var complaint = await check.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(check.ExitCode == 0, complaint);
    }
}
