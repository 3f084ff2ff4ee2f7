//! A page that needs nothing but itself: text from Markdown, figures inside it, no script.

use base64::{Engine, engine::general_purpose::STANDARD};
use pulldown_cmark::{Options, Parser, html};

use super::Shown;

/// A page that grows from top to bottom.
#[derive(Debug)]
pub struct Page {
    title: String,
    body: String,
}

const STYLE: &str = "\
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h1, h2 { line-height: 1.2 } h2 { margin-top: 2.5rem; border-top: 1px solid #ccc; padding-top: 1rem }
div.table { overflow-x: auto } table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums }
th, td { border-bottom: 1px solid #ddd; padding: 0.25rem 0.6rem; text-align: left; vertical-align: top } th { background: #f3f3f3 }
figure { margin: 1.5rem 0 } img { max-width: 100%; height: auto } figcaption { color: #444; max-width: 50rem }
pre { background: #f3f3f3; padding: 0.6rem; overflow-x: auto }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #161616 } th, pre { background: #262626 } th, td, h2 { border-color: #444 }
figcaption { color: #bbb } img { background: #fff } }";

impl Page {
    /// An empty page.
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), body: String::new() }
    }

    /// Adds Markdown.
    pub fn text(&mut self, markdown: &str) {
        let mut text = String::new();
        // What a name or a caption holds is text, never tags of its own.
        let safe = markdown.replace('<', "&lt;");
        html::push_html(&mut text, Parser::new_ext(&safe, Options::ENABLE_TABLES));
        let text = text.replace("<table>", "<div class=\"table\"><table>").replace("</table>", "</table></div>");
        self.body.push_str(&text);
    }

    /// Adds a figure.
    pub fn figure(&mut self, shown: &Shown) {
        let (png, caption) = (STANDARD.encode(&shown.png), escaped(&shown.caption));
        self.body.push_str(&format!(
            "<figure><img src=\"data:image/png;base64,{png}\" alt=\"{caption}\"><figcaption>{caption}</figcaption></figure>\n"
        ));
    }

    /// The whole page.
    pub fn html(&self) -> String {
        let title = escaped(&self.title);
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
             <title>{title}</title>\n<style>\n{STYLE}\n</style>\n<h1>{title}</h1>\n{}</html>\n",
            self.body
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_tables_and_tags_in_text_stay_text() {
        let mut page = Page::new("a & b");
        page.text("| a | b |\n|---|---|\n| 1 | <script>x</script> |\n");
        let html = page.html();
        assert!(html.contains("<td>1</td>") && html.contains("<title>a &amp; b</title>"));
        assert!(!html.contains("<script"));
    }
}
