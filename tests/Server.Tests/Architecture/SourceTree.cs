namespace Renexus.Server.Tests.Architecture;

/// <summary>The repository's own files, which some rules are about.</summary>
internal static class SourceTree
{
    /// <summary>The files of a folder with one of these endings, without what is built, as path (from the root) and text.</summary>
    public static IEnumerable<(string Path, string Text)> Read(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "node_modules" or "artifacts"))
            .Select(path => (path, File.ReadAllText(Path.Combine(Repository.Root, path))));
}
