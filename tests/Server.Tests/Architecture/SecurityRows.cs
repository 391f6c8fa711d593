namespace Renexus.Server.Tests.Architecture;

/// <summary>What Renexus promises about security, a line each. Tests carry the id; <see cref="SecurityTableTests"/> makes the page of it.</summary>
internal static class SecurityRows
{
    /// <summary>By group: id and rule. None of these may be without a test that ran.</summary>
    public static readonly (string Group, (string Id, string Rule)[] Rows)[] All =
    [
        ("Passwords and log-in",
        [
            ("SEC-AUTH-01", "Passwords are stored as PBKDF2-HMAC-SHA512 with at least 220 000 iterations, a 16-byte salt and a 32-byte output; weaker parameters are refused at start"),
            ("SEC-AUTH-02", "A hash with older parameters is made anew at the next log-in"),
            ("SEC-AUTH-03", "Hashing is bounded: what does not fit is a 503 with Retry-After, and other requests go on"),
            ("SEC-AUTH-04", "Unknown address, wrong password and locked account answer alike: status, body and work"),
            ("SEC-AUTH-05", "Guessing is slowed by account and by network, survives a restart, and locks nobody out who comes from a known device"),
            ("SEC-AUTH-06", "Common passwords are refused by a list that works without a network"),
            ("SEC-AUTH-07", "An address is proven before its owner brings others in, where mails go out; a link is used up by an answer and not by a look"),
            ("SEC-AUTH-08", "A log-in from a new device is mailed to the owner, with a link that ends it"),
        ]),
        ("Password reset",
        [
            ("SEC-RST-01", "Asking for a reset answers alike whether there is such an account or not; the mail goes out later"),
            ("SEC-RST-02", "The token has at least 128 bits, is kept hashed, lives at most 30 minutes, works once, and a newer one voids it"),
            ("SEC-RST-03", "The link leads to the configured address, whatever the request's Host says"),
            ("SEC-RST-04", "A reset ends every log-in, asks for the second factor all the same, tells the owner, and logs nobody in"),
            ("SEC-RST-05", "Mails that set a password are capped for each address and each network, and the answer is the same"),
        ]),
        ("Sessions and tokens",
        [
            ("SEC-SESS-01", "Browsers hold the refresh token in a cookie that scripts cannot read and other sites cannot send"),
            ("SEC-SESS-02", "Refresh tokens have 256 random bits and are kept as hashes, with their family"),
            ("SEC-SESS-03", "Each use rotates the token in one transaction: many at once make one lineage"),
            ("SEC-SESS-04", "A token used again ends its whole family"),
            ("SEC-SESS-05", "Within the grace only the immediate predecessor answers, with the same successor"),
            ("SEC-SESS-06", "Sessions end when idle too long and at a hard limit"),
            ("SEC-SESS-07", "What was revoked is refused within 5 seconds, over HTTP and on open sockets, on every node"),
            ("SEC-SESS-08", "People see their log-ins and end one or all others after proving anew who they are"),
            ("SEC-SESS-10", "API keys: found by scanners, scopes, an end, kept as hashes, last use shown; none makes keys or changes factors"),
        ]),
        ("Second factors and proofs",
        [
            ("SEC-MFA-01", "Passkeys: challenge once and for minutes, origin and user verification checked, a counter that goes back refused"),
            ("SEC-MFA-02", "TOTP: seed encrypted, one step of tolerance, each step once"),
            ("SEC-MFA-03", "Ten recovery codes, hashed, shown once; new ones void the old"),
            ("SEC-MFA-04", "Dangerous operations want a proof of identity that is at most 15 minutes old"),
        ]),
        ("Requests of other sites",
        [
            ("SEC-CSRF-01", "No page of another site can make a browser write, whatever the content type"),
            ("SEC-CSRF-02", "That holds for log-in, log-out, refresh and the way back from a provider too: for every route"),
            ("SEC-CSRF-03", "A token in the request exempts from it only where no cookie signs it"),
        ]),
        ("Headers",
        [
            ("SEC-HDR-01", "The content security policy allows no inline scripts or styles, no eval, no frames, no plugins"),
            ("SEC-HDR-02", "Every answer, failures too, carries the security headers and none that tells the software; private answers are not stored"),
        ]),
        ("Outbound calls to addresses given by users",
        [
            ("SEC-SSRF-01", "The address is checked when it is dialled, and no private, local or reserved one is"),
            ("SEC-SSRF-02", "A name that changes its answer between check and call reaches nothing"),
            ("SEC-SSRF-03", "Redirects are not followed"),
            ("SEC-SSRF-04", "Scheme, port, time, size and headers are bounded; no cookies or credentials of ours go along"),
            ("SEC-SSRF-05", "No proxy of the environment goes around the check, and what an administrator lets in is said"),
            ("SEC-SSRF-07", "What users are told does not tell a refused address from a closed one or one that does not answer"),
        ]),
        ("Authorization",
        [
            ("SEC-AUTHZ-01", "One table says which role may do what; the tests are made from it, and an operation without a row fails"),
            ("SEC-AUTHZ-02", "What is another's is not found, over HTTP and on every channel"),
            ("SEC-AUTHZ-03", "Subscriptions end within 5 seconds when membership does"),
            ("SEC-AUTHZ-04", "Lists and counts leak nothing of what may not be seen"),
            ("SEC-AUTHZ-05", "Requests name their members: unknown and server-owned ones are refused"),
            ("SEC-AUTHZ-06", "Answers hold the described members and no others"),
        ]),
        ("Row-level security",
        [
            ("SEC-RLS-01", "The application's database role is no owner, no superuser, cannot bypass row security and cannot become who can"),
            ("SEC-RLS-02", "Every table with rows of a workspace or a person has a policy, found from the catalogue"),
            ("SEC-RLS-03", "The context is set for one transaction; without one there are no rows"),
            ("SEC-RLS-04", "Policies read the context once for each statement and keep the indexes in use"),
            ("SEC-RLS-05", "Row security and the statements' own conditions isolate each by itself"),
            ("SEC-RLS-06", "Views are bound to who asks or show nothing private"),
            ("SEC-RLS-07", "No function claims to leak nothing"),
            ("SEC-RLS-08", "No unique or foreign key tells of what others have"),
            ("SEC-RLS-09", "No role of the server may truncate, refer to, or put triggers on a table"),
            ("SEC-RLS-10", "A release of PostgreSQL with known ways around row security is told at start"),
            ("SEC-RLS-11", "A dump as the application fails instead of leaving rows out"),
        ]),
        ("Keys and secrets",
        [
            ("SEC-KEY-01", "Secret fields are encrypted with AES-256-GCM and open only in their row and column"),
            ("SEC-KEY-02", "Keys come from a file; each place has a data key of its own, so none encrypts for two workspaces; nonces are never repeated"),
            ("SEC-KEY-03", "Keys are replaced while the server runs, and a killed replacement goes on"),
            ("SEC-KEY-04", "Nothing is sealed with keys of one machine: nodes read what others gave out, and a restart ends no log-in"),
            ("SEC-KEY-05", "Secrets come by setting or file, are random by default, and appear in no log, error or description"),
        ]),
        ("Audit trail",
        [
            ("SEC-AUD-01", "The trail is append-only and hash-chained for each workspace"),
            ("SEC-AUD-02", "A record is written by the transaction whose change it records"),
            ("SEC-AUD-03", "Signed checkpoints show an edited, deleted, reordered, inserted or cut-off record"),
            ("SEC-AUD-04", "Verifying needs the public key alone, and does not stop at what it does not know"),
            ("SEC-AUD-05", "A person's data can be erased and the proof stays"),
            ("SEC-AUD-06", "Every event carries its name in OWASP's vocabulary"),
        ]),
        ("Sockets",
        [
            ("SEC-WS-03", "A log-in that ends closes its sockets within 5 seconds"),
        ]),
    ];
}
