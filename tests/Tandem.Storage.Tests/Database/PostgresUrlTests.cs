using Npgsql;
using Tandem.Storage.Database;

namespace Tandem.Storage.Tests.Database;

public sealed class PostgresUrlTests
{
    [Theory]
    [InlineData("postgresql://ann:p%40ss%3Aword@db.example:5433/tandem", "db.example", 5433, "tandem", "ann", "p@ss:word")]
    [InlineData("postgres://ann@db.example/tandem", "db.example", 5432, "tandem", "ann", null)]
    [InlineData("postgresql://ann:x@[2001:db8::1]:5432/t", "2001:db8::1", 5432, "t", "ann", "x")]
    [InlineData("Host=db.example;Port=5433;Database=tandem;Username=ann;Password=p;", "db.example", 5433, "tandem", "ann", "p")]
    public void Both_spellings_are_read(string text, string host, int port, string database, string user, string? password)
    {
        var parsed = PostgresUrl.Parse(text);
        Assert.Equal((host, port, database, user, password), (parsed.Host, parsed.Port, parsed.Database, parsed.Username, parsed.Password));
    }

    [Fact]
    public void Parameters_of_libpq_are_known()
    {
        var parsed = PostgresUrl.Parse("postgresql://a@h/d?sslmode=verify-full&connect_timeout=7&application_name=x%20y&search_path=s");
        Assert.Equal((SslMode.VerifyFull, 7, "x y", "s"), (parsed.SslMode, parsed.Timeout, parsed.ApplicationName, parsed.SearchPath));
    }

    [Theory]
    [InlineData("postgresql://a:topsecret@h/d?nonsense=1")]
    [InlineData("postgresql://a:topsecret@h/d?sslmode=perhaps")]
    [InlineData("postgresql://a:topsecret@:99999/d")]
    [InlineData("topsecret")]
    public void What_cannot_be_read_is_refused_without_repeating_the_password(string text)
    {
        var refused = Assert.Throws<StorageException>(() => PostgresUrl.Parse(text));
        Assert.DoesNotContain("topsecret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_does_not_answer_is_named_without_the_password()
    {
        var options = new StorageOptions { PostgresUrl = "postgresql://ann:topsecret@127.0.0.1:1/tandem" };
        var refused = Assert.Throws<StorageException>(() => TandemDatabase.Open(options, TimeProvider.System));
        Assert.Contains("127.0.0.1:1/tandem (user ann)", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", refused.Message, StringComparison.Ordinal);
    }
}
