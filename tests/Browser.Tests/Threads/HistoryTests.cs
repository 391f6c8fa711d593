using System.Globalization;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Threads;

/// <summary>A thread of 100 000 messages is opened in the middle and walked through, with a bounded page (TH-5, UI-2).</summary>
[Trait("spec", "TH-5")]
public sealed class HistoryTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    // Rows on screen and a little around them, whatever was walked through.
    private const int MostRows = 150;

    // A thousand messages and what shows them are less; a hundred thousand would be many times more.
    private const double MostGrowth = 12;

    [Fact]
    public async Task A_hundred_thousand_messages_are_walked_through_in_order_with_few_of_them_on_the_page()
    {
        var page = await chromium.OpenAsync(server.Address);
        var thread = await LongThread.OpenAsync(page, server);
        var session = await page.Context.NewCDPSessionAsync(page);
        var before = await MainThread.HeapAsync(session);
        var oldest = await thread.WalkAsync(up: true, InOrder);
        var newest = await thread.WalkAsync(up: false, InOrder);
        Assert.True(oldest < 49_000, $"The walk up ended at {oldest}.");
        Assert.True(newest > oldest + 1000, $"The walk down ended at {newest}.");

        var after = await MainThread.HeapAsync(session);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"heap {before:F1} MB before, {after:F1} MB after"));
        Assert.InRange(after, 0, before + MostGrowth);
    }

    private static void InOrder(int[] numbers)
    {
        Assert.InRange(numbers.Length, 1, MostRows);
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
    }
}
