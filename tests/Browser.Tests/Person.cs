using Microsoft.Playwright;

namespace Renexus.Browser.Tests;

/// <summary>Somebody in front of a browser: does what people do, through what they see.</summary>
public sealed class Person(IPage page, string name)
{
    public const string Password = "correct horse battery staple";

    public IPage Page { get; } = page;

    public string Name { get; } = name;

    public string Email { get; } = $"{Guid.CreateVersion7():n}@example.com";

    /// <summary>The texts of the thread on screen, in order, also those still waiting to be sent.</summary>
    public ILocator Messages => Page.GetByRole(AriaRole.Region, new() { Name = "Messages", Exact = true }).Locator("[data-message] [data-body]");

    public static async Task<Person> SignUpAsync(IPage page, string name)
    {
        var person = new Person(page, name);
        await page.GotoAsync("/sign-up");
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Email").FillAsync(person.Email);
        await page.GetByLabel("Password").FillAsync(Password);
        await person.PressAsync("Create account");
        await person.SeesAsync(page.GetByLabel("Workspace name"));
        return person;
    }

    /// <summary>The same person in another browser, at the same address.</summary>
    public async Task<Person> OnAnotherDeviceAsync(IPage page)
    {
        var there = new Person(page, Name);
        await page.GotoAsync($"/sign-in?next={Uri.EscapeDataString(new Uri(Page.Url).AbsolutePath)}");
        await page.GetByLabel("Email").FillAsync(Email);
        await page.GetByLabel("Password").FillAsync(Password);
        await there.PressAsync("Sign in");
        await there.SeesAsync("Connected");
        return there;
    }

    public async Task CreateWorkspaceAsync(string workspace)
    {
        await Page.GetByLabel("Workspace name").FillAsync(workspace);
        await PressAsync("Create workspace");
        await SeesAsync(Page.GetByText("No threads yet"));
    }

    public async Task InviteAsync(Person other)
    {
        await Page.GetByRole(AriaRole.Link, new() { Name = "People" }).First.ClickAsync();
        await Page.GetByLabel("Email").FillAsync(other.Email);
        await PressAsync("Invite");
        await SeesAsync(Page.GetByText($"{other.Name} is now a member."));
    }

    public async Task StartThreadAsync(string title)
    {
        await PressAsync("New thread");
        await Page.GetByLabel("Topic").FillAsync(title);
        await PressAsync("Create thread");
        await SeesAsync(Page.GetByText("Nothing said yet"));
    }

    public async Task OpenThreadAsync(string title)
    {
        await Page.GetByRole(AriaRole.Link, new() { Name = title }).ClickAsync();
        await SeesAsync(Page.GetByLabel("Message", new() { Exact = true }));
    }

    public async Task SayAsync(string text)
    {
        await Page.GetByLabel("Message", new() { Exact = true }).FillAsync(text);
        await Page.Keyboard.PressAsync("Enter");
    }

    public Task ReadsAsync(params string[] messages) =>
        Assertions.Expect(Messages).ToHaveTextAsync(messages);

    /// <summary>What only other sizes of screen show is there too, hidden.</summary>
    public Task SeesAsync(string text) => SeesAsync(Page.GetByText(text).Filter(new() { Visible = true }));

    public Task SeesAsync(ILocator what) => Assertions.Expect(what.First).ToBeVisibleAsync();

    public Task PressAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
}
