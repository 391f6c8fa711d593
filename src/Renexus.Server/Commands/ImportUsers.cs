using System.CommandLine;
using System.Text.Json;
using Dapper;
using Renexus.Contracts;
using Renexus.Server.Features.Accounts;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Commands;

/// <summary>
/// Brings people along from another system, with the bcrypt hashes of their passwords, one JSON object a line:
/// <c>{"email":"ada@example.com","name":"Ada","passwordHash":"$2b$12$…","emailVerified":true}</c>. Who is here already stays as is, so a file can
/// be run again.
/// </summary>
internal static class ImportUsers
{
    private const string Insert = """
        insert into accounts.user_account (id, email, email_key, email_verified_at, name, password_hash, created_at, updated_at)
        values (@id, @email, @key, case when @isVerified then @now end, @name, @hash, @now, @now)
        on conflict (email_key) do nothing
        """;

    private sealed record Person(string? Email, string? Name, string? PasswordHash, bool EmailVerified);

    public static Command Create(Action<Command, Func<ParseResult, string[], CancellationToken, Task<int>>> let)
    {
        var file = new Argument<string>("file") { Description = "One JSON object a line: email, name, passwordHash (bcrypt), emailVerified" };
        var command = new Command("import-users", "Bring people along from another system, with the bcrypt hashes of their passwords") { file };
        let(command, (parsed, settings, stop) => RunAsync(settings, parsed.GetValue(file)!, stop));
        return command;
    }

    private static async Task<int> RunAsync(string[] settings, string file, CancellationToken stop)
    {
        var builder = Host.CreateApplicationBuilder(settings);
        var options = RenexusConfiguration.Read(builder.Configuration);
        await using var installation = await Installation.OpenAsync(options, stop);
        await using var database = await installation.OpenAsOwnerAsync(stop);

        var (made, present, refused, number) = (0, 0, 0, 0);
        await foreach (var line in File.ReadLinesAsync(file, stop))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;

            if (!TryRead(line, out var person, out var problem))
            {
                Console.Error.WriteLine($"Line {number}: {problem}");
                refused++;
                continue;
            }

            var now = TimeProvider.System.GetUtcNow();
            var isNew = await database.ExecuteAsync(Insert, new
            {
                id = Guid.CreateVersion7(now),
                email = person!.Email,
                key = EmailAddress.Key(person.Email!),
                isVerified = person.EmailVerified,
                name = person.Name!.Trim(),
                hash = person.PasswordHash,
                now = now.UtcDateTime,
            }) > 0;
            (made, present) = isNew ? (made + 1, present) : (made, present + 1);
        }

        Console.WriteLine($"{made} accounts made, {present} were there already, {refused} lines refused.");
        return refused == 0 ? 0 : CommandLine.Failed;
    }

    private static bool TryRead(string line, out Person? person, out string problem)
    {
        (person, problem) = (null, "");
        try
        {
            person = JsonSerializer.Deserialize<Person>(line, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            problem = "this is not a JSON object.";
            return false;
        }

        problem = person switch
        {
            not { Email: not null } => "email is missing.",
            { Email: { } email } when !new EmailSyntaxAttribute().IsValid(email) => "email must be an email address.",
            not { Name: not null } => "name is missing.",
            { Name: { } name } when name.Trim().Length is 0 or > 100 || !new SingleLineAttribute().IsValid(name) => "name must be 1 to 100 characters on one line.",
            { PasswordHash: { } hash } when !Bcrypt.IsHash(hash) => $"passwordHash must be a bcrypt hash ($2a$, $2b$, $2y$) of a cost up to {Bcrypt.MaxCost}.",
            _ => "",
        };
        return problem.Length == 0;
    }
}
