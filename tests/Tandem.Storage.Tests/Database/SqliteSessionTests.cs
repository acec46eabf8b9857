using Dapper;
using Microsoft.Data.Sqlite;
using Tandem.Storage.Database;
using Tandem.Storage.Tests.Harness;

namespace Tandem.Storage.Tests.Database;

public sealed class SqliteSessionTests() : StorageTests(null)
{
    // The order of the statement is not the order of the row, and one name stands twice.
    private const string Insert = "INSERT INTO things (number, text, body, same) VALUES (@number, @text, @body, @text) ON CONFLICT (text) DO NOTHING";

    [Theory]
    [InlineData("", null)]
    [InlineData("plain", 0L)]
    [InlineData("żółw 🐢", long.MinValue)]
    public void Values_arrive_as_they_are(string text, long? number)
    {
        using var database = Make();
        using (var session = database.OpenWriteSession())
        {
            session.Begin();
            session.Execute<Thing>(Insert, [new Thing(text, number), new Thing(text + new string('ż', 5_000), number)]);
            session.Commit();
        }

        Assert.Equal([(text, number, text, text), (text + new string('ż', 5_000), number, text + new string('ż', 5_000), text + new string('ż', 5_000))], Read(database));
    }

    [Fact]
    public void Only_rows_that_changed_something_are_told()
    {
        using var database = Make();
        using var session = database.OpenWriteSession();
        var told = new List<Thing>();
        for (var run = 0; run < 2; run++)
        {
            session.Begin();
            session.Execute<Thing>(Insert, [new Thing("a", 1), new Thing("a", 2), new Thing("b", 3)], told.Add);
            session.Commit();
        }

        Assert.Equal([new Thing("a", 1), new Thing("b", 3)], told);
    }

    [Fact]
    public void A_session_that_failed_leaves_nothing_behind_and_the_next_one_writes()
    {
        using var database = Make();
        using (var session = database.OpenWriteSession())
        {
            session.Begin();
            session.Execute<Thing>(Insert, [new Thing("a", 1)]);
            var refused = Assert.Throws<SqliteException>(() => session.Execute<Thing>("INSERT INTO things (text, number) VALUES (@text, @number + length(@body) - 1)", [new Thing("b", 13)]));
            Assert.True(database.IsDataFault(refused));
            Assert.Contains("no unlucky ones", refused.Message, StringComparison.Ordinal);
        }

        using (var session = database.OpenWriteSession())
        {
            session.Begin();
            session.Execute<Thing>(Insert, [new Thing("c", 1)]);
            session.Commit();
        }

        Assert.Equal(["c"], Read(database).Select(row => row.Text));
    }

    [Fact]
    public void A_statement_outlives_a_change_of_its_table()
    {
        using var database = Make();
        using var session = database.OpenWriteSession();
        session.Begin();
        session.Execute<Thing>(Insert, [new Thing("a", 1)]);
        session.Commit();
        using (var beside = database.Connect())
            beside.Execute("ALTER TABLE things ADD COLUMN later BIGINT");

        session.Begin();
        session.Execute<Thing>(Insert, [new Thing("b", 1)]);
        session.Commit();
        Assert.Equal(["a", "b"], Read(database).Select(row => row.Text));
    }

    private SqliteDatabase Make()
    {
        var database = SqliteDatabase.OpenFile(Options);
        using var connection = database.Connect();
        connection.Execute("CREATE TABLE things (text TEXT PRIMARY KEY, number BIGINT CONSTRAINT \"no unlucky ones\" CHECK (number <> 13), body TEXT, same TEXT NOT NULL DEFAULT '')");
        return database;
    }

    private static List<(string Text, long? Number, string Body, string Same)> Read(SqliteDatabase database)
    {
        using var connection = database.Connect();
        return [.. connection.Query<(string, long?, string, string)>("SELECT text, number, body, same FROM things ORDER BY rowid")];
    }

    private sealed record Thing(string Text, long? Number) : IRow
    {
        public void Bind(ref RowParameters parameters)
        {
            parameters.Add("text", Text);
            parameters.Add("number", Number);
            parameters.AddUtf8("body", System.Text.Encoding.UTF8.GetBytes(Text));
        }
    }
}
