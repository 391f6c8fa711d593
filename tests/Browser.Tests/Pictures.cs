using Microsoft.Playwright;

namespace Renexus.Browser.Tests;

/// <summary>Pictures that people bring, and whether browsers show them.</summary>
internal static class Pictures
{
    /// <summary>A green square.</summary>
    public static readonly byte[] Green = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAoklEQVR42t3Pi3FBAQAAwVeJEq8S4hck/kEQaVIddzPbwA6jMWqDPzBBLRD4QC0QmKIWCMxQCwTmqAUCC9QCgSVqgcAnaoHACrVAYI1aILBBLRD4Qi0Q+EYtENiiFgjsUAsE9qgFAgfUAoEjaoHACbVA4IxaIPCDWiBwQS0QuKIWCNxQCwR+UQsE7qgFAg/UAoEnaoHAH2qBwAu1QOAfNX3gDSxVeQ/rcqhLAAAAAElFTkSuQmCC");

    public static FilePayload File(string name) => new() { Name = name, MimeType = "image/png", Buffer = Green };

    /// <summary>Waits until a picture is not only there but to be seen.</summary>
    public static async Task SeenAsync(ILocator picture)
    {
        await Assertions.Expect(picture).ToBeVisibleAsync();
        await Assertions.Expect(picture).ToHaveJSPropertyAsync("complete", true);
        await Assertions.Expect(picture).Not.ToHaveJSPropertyAsync("naturalWidth", 0);
    }
}
