using Microsoft.Playwright;
using Renexus.Testing;

namespace Renexus.Browser.Tests.Offline;

/// <summary>What a browser has kept, so that it opens without a network.</summary>
internal static class OnDevice
{
    /// <summary>Waits until the app is kept.</summary>
    public static Task AppAsync(IPage page) => Eventually.TrueAsync("the app is on the device", TimeSpan.FromSeconds(60), () => page.EvaluateAsync<bool>(
        "async () => !!(await navigator.serviceWorker.getRegistration())?.active && (await caches.keys()).length === 1"));

    /// <summary>Waits until an answer is kept that has this text in it. Who opens a database before the app does makes an empty one, and the app takes it for its own.</summary>
    public static Task AnswerAsync(IPage page, string text) => Eventually.TrueAsync($"“{text}” is on the device", TimeSpan.FromSeconds(60), () => page.EvaluateAsync<bool>("""
        async text => (await indexedDB.databases()).some(({ name }) => name === 'renexus.kept') && await new Promise(resolve => {
          const opening = indexedDB.open('renexus.kept')
          opening.onsuccess = () => {
            const { result: database } = opening
            if (!database.objectStoreNames.contains('answers')) return resolve(false)
            const all = database.transaction('answers').objectStore('answers').getAll()
            all.onsuccess = () => { database.close(); resolve(JSON.stringify(all.result).includes(text)) }
          }
        })
        """, text));
}
