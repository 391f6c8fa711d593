using System.Reflection;
using Xunit.v3;

namespace Renexus.Browser.Tests;

/// <summary>Ends each test with its windows. One that is left open goes on: it looks for its server, also when that is gone, and slows the tests that follow.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ClosesWindowsAttribute : BeforeAfterTestAttribute
{
    // xUnit awaits nothing here; on a thread of its own the wait holds up nobody else.
    public override void After(MethodInfo methodUnderTest, IXunitTest test) => Task.Run(() => CloseAsync(test)).GetAwaiter().GetResult();

    private static async Task CloseAsync(IXunitTest test)
    {
        if (await TestContext.Current.GetFixture<Chromium>() is { } chromium)
            await chromium.CloseAsync(test);
    }
}
