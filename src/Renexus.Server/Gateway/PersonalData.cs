namespace Renexus.Server.Gateway;

/// <summary>
/// A part of what a person gets when asking for the own data (OR-4). Each feature registers its parts as services; they appear in the
/// file under their names.
/// </summary>
/// <param name="Name">The member of the file: <c>messages</c>.</param>
/// <param name="IsOne">One object; else a list.</param>
/// <param name="Read">The person's items, a page at a time so that there may be any number of them.</param>
internal sealed record PersonalData(string Name, bool IsOne, Func<IServiceProvider, Guid, CancellationToken, IAsyncEnumerable<object>> Read);
