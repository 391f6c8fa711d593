using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Renexus.Browser.Tests;

/// <summary>Somebody whose only tool is the keyboard: goes to things by Tab and fails where Tab does not lead to them.</summary>
internal sealed partial class AtKeyboard(IPage page)
{
    private const int Far = 150;

    public static AtKeyboard Of(IPage page) => new(page);

    public async Task ReachAsync(ILocator target)
    {
        var wanted = target.Filter(new() { Visible = true }).First;
        await Assertions.Expect(wanted).ToBeVisibleAsync();
        for (var i = 0; i < Far; i++)
        {
            if (await wanted.EvaluateAsync<bool>("element => element === document.activeElement"))
                return;
            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"Tab does not lead to {target}.");
    }

    public async Task PressAsync(string button)
    {
        await ReachAsync(page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }));
        await page.Keyboard.PressAsync("Enter");
    }

    public async Task FollowAsync(string link)
    {
        await ReachAsync(page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }));
        await page.Keyboard.PressAsync("Enter");
    }

    public async Task FillAsync(string label, string text)
    {
        // A section may have the same name as its only field.
        await ReachAsync(page.GetByLabel(label, new() { Exact = true }).And(page.Locator("input, textarea, select")));
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.InsertTextAsync(text);
    }

    /// <summary>Picks from an open menu.</summary>
    public async Task PickAsync(ILocator item)
    {
        await Assertions.Expect(item).ToBeVisibleAsync();
        await page.Locator("[role=menu]:focus, [role=menu] :focus").WaitForAsync();
        for (var i = 0; i < Far && !await item.EvaluateAsync<bool>("element => element === document.activeElement"); i++)
        {
            // A menu moves its focus in a task of its own: a second key before that would pass over the item.
            await using var before = await page.EvaluateHandleAsync("() => document.activeElement");
            await page.Keyboard.PressAsync("ArrowDown");
            await page.WaitForFunctionAsync("before => document.activeElement !== before", before);
        }
        await Assertions.Expect(item).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Picks from a list by typing what it begins with.</summary>
    public async Task SelectAsync(string label, string option)
    {
        var list = page.GetByLabel(label, new() { Exact = true });
        await ReachAsync(list);
        await page.Keyboard.TypeAsync(option);
        await Assertions.Expect(list.Locator("option:checked")).ToHaveTextAsync(option);
    }

    public Task SeesAsync(string text) => SeesAsync(page.GetByText(text));

    public Task SeesAsync(ILocator what) =>
        Assertions.Expect(what.Filter(new() { Visible = true }).First).ToBeVisibleAsync();

    public async Task SignInAsync(string email, string password)
    {
        await page.GotoAsync("/sign-in");
        await FillAsync("Email", email);
        await FillAsync("Password", password);
        await PressAsync("Sign in");
    }

    /// <summary>Is in, wherever that leads.</summary>
    public Task IsInAsync() => Assertions.Expect(page).ToHaveURLAsync(InPath());

    public Task IsOutAsync() => SeesAsync("Good to see you again.");

    [GeneratedRegex("^http://[^/]+/(w/|welcome|settings)")]
    private static partial Regex InPath();
}
