using Tandem.Calls.Events.Public;

namespace Tandem.Server.Docs;

public class EventTypesTests
{
    // In full, or behind another of its group: `conference.started`, `.joined`.
    [Fact]
    public void Every_event_that_programs_may_get_stands_in_the_documentation()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tandem.slnx")))
            folder = folder.Parent!;

        var text = string.Concat(Directory.EnumerateFiles(Path.Combine(folder.FullName, "docs"), "*.md").Select(File.ReadAllText));
        Assert.DoesNotContain(PublicEventTypes.All, type => !text.Contains(type, StringComparison.Ordinal) && !text.Contains($"`{type[type.IndexOf('.', StringComparison.Ordinal)..]}`", StringComparison.Ordinal));
    }
}
