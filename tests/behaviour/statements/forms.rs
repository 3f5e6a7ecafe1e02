//! What an expression may be as the text of a statement: every text that it can stand for.

use std::collections::BTreeMap;

use proc_macro2::Span;
use syn::{Expr, ExprLit, Lit, LitStr, Token, parse::Parser as _, punctuated::Punctuated};

/// One thing that an expression can stand for.
#[derive(Debug, Clone)]
pub enum Form {
    /// A text that stands in the code.
    Text {
        text: String,
        file: String,
        line: usize,
    },
    /// What a function of the same file puts together.
    PutTogether(String),
    /// Whatever the callers of this function give at this place.
    Parameter(String, usize),
}

/// All that an expression can stand for, or why that cannot be seen.
pub type Forms = Result<Vec<Form>, String>;

/// The constants of all files: by name, with the file and the expression.
#[derive(Default)]
pub struct Constants(BTreeMap<String, Vec<(String, Expr)>>);

impl Constants {
    pub fn put(&mut self, name: &str, file: &str, value: &Expr) {
        let of_that_name = self.0.entry(name.to_owned()).or_default();
        of_that_name.push((file.to_owned(), value.clone()));
    }

    /// The constant that `path` names in `file`: the only one of that name, or that of the file or of the module named.
    fn find(&self, path: &syn::Path, file: &str) -> Option<(&str, &Expr)> {
        let mut names = path.segments.iter().rev().map(|it| it.ident.to_string());
        let found = self.0.get(&names.next()?)?;
        let module = names.next();
        let is_meant = |it: &&(String, Expr)| match module.as_deref() {
            Some(module) if module != "self" && module != "Self" => is_module(&it.0, module),
            _ => it.0 == file,
        };
        let one = match &found[..] {
            [one] => one,
            several => several.iter().find(is_meant)?,
        };
        Some((&one.0, &one.1))
    }
}

fn is_module(file: &str, module: &str) -> bool {
    let name = file.strip_suffix(".rs").unwrap_or(file);
    let name = name.strip_suffix("/mod").unwrap_or(name);
    name.rsplit('/').next() == Some(module)
}

/// What the names around an expression stand for, the innermost last.
#[derive(Default)]
pub struct Scopes(Vec<BTreeMap<String, Forms>>);

impl Scopes {
    pub fn enter(&mut self) {
        self.0.push(BTreeMap::new());
    }

    pub fn leave(&mut self) {
        self.0.pop();
    }

    pub fn bind(&mut self, name: &str, forms: Forms) {
        if let Some(scope) = self.0.last_mut() {
            scope.insert(name.to_owned(), forms);
        }
    }

    fn find(&self, name: &str) -> Option<&Forms> {
        self.0.iter().rev().find_map(|scope| scope.get(name))
    }
}

/// Where an expression is looked at.
pub struct EvaluationContext<'a> {
    pub file: &'a str,
    pub constants: &'a Constants,
    pub scopes: &'a Scopes,
}

impl EvaluationContext<'_> {
    /// Every text that `expression` can stand for.
    pub fn forms(&self, expression: &Expr) -> Forms {
        match expression {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Ok(vec![self.text(text.value(), text.span())]),
            Expr::Paren(it) => self.forms(&it.expr),
            Expr::Group(it) => self.forms(&it.expr),
            Expr::Reference(it) => self.forms(&it.expr),
            Expr::Unary(it) => self.forms(&it.expr),
            Expr::Array(it) => self.all(it.elems.iter()),
            Expr::Match(it) => self.all(it.arms.iter().map(|arm| &*arm.body)),
            Expr::Block(it) => self.tail(&it.block),
            Expr::If(it) => {
                let mut forms = self.tail(&it.then_branch)?;
                let (_, other) = it.else_branch.as_ref().ok_or("an `if` without `else`")?;
                forms.extend(self.forms(other)?);
                Ok(forms)
            }
            Expr::Path(it) => self.named(&it.path),
            Expr::Call(it) => self.called(it),
            Expr::Macro(it) => self.written(&it.mac),
            other => {
                let line = syn::spanned::Spanned::span(other).start().line;
                Err(format!("what stands in line {line} is no text"))
            }
        }
    }

    fn text(&self, text: String, span: Span) -> Form {
        Form::Text {
            text,
            file: self.file.to_owned(),
            line: span.start().line,
        }
    }

    fn all<'e>(&self, expressions: impl Iterator<Item = &'e Expr>) -> Forms {
        let mut forms = Vec::new();
        for expression in expressions {
            forms.extend(self.forms(expression)?);
        }
        Ok(forms)
    }

    fn tail(&self, block: &syn::Block) -> Forms {
        match &block.stmts[..] {
            [syn::Stmt::Expr(tail, None)] => self.forms(tail),
            _ => Err("a block of several lines".to_owned()),
        }
    }

    fn named(&self, path: &syn::Path) -> Forms {
        if path.is_ident("None") {
            return Ok(Vec::new());
        }
        let name = path.get_ident().map(ToString::to_string);
        if let Some(forms) = name.and_then(|name| self.scopes.find(&name)) {
            return forms.clone();
        }
        let last = path.segments.last().map(|it| it.ident.to_string());
        let last = last.unwrap_or_default();
        let Some((file, value)) = self.constants.find(path, self.file) else {
            return Err(format!("`{last}` is no constant that is known here"));
        };
        let elsewhere = EvaluationContext {
            file,
            constants: self.constants,
            scopes: &Scopes::default(),
        };
        elsewhere.forms(value)
    }

    fn called(&self, call: &syn::ExprCall) -> Forms {
        let Expr::Path(function) = &*call.func else {
            return Err("what is called has no name".to_owned());
        };
        let name = function.path.segments.last().map(|it| it.ident.to_string());
        let name = name.unwrap_or_default();
        match (&name[..], call.args.first()) {
            ("AssertSqlSafe" | "Some", Some(inner)) => self.forms(inner),
            _ => Ok(vec![Form::PutTogether(name)]),
        }
    }

    /// `format!` and `concat!` of texts that stand in the code.
    fn written(&self, written: &syn::Macro) -> Forms {
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        let parts = parser.parse2(written.tokens.clone());
        let parts = parts.map_err(|_| "a macro that is not understood".to_owned())?;
        if written.path.is_ident("concat") {
            let line = parts
                .first()
                .map_or(0, |it| syn::spanned::Spanned::span(it).start().line);
            let texts = parts.iter().map(|part| self.one_text(part));
            return Ok(vec![Form::Text {
                text: texts.collect::<Result<String, String>>()?,
                file: self.file.to_owned(),
                line,
            }]);
        }
        let Some(Expr::Lit(ExprLit {
            lit: Lit::Str(frame),
            ..
        })) = parts.first().filter(|_| written.path.is_ident("format"))
        else {
            return Err("a macro other than `format!` and `concat!`".to_owned());
        };
        let text = self.filled(frame, parts.iter().skip(1))?;
        Ok(vec![self.text(text, frame.span())])
    }

    fn filled<'e>(
        &self,
        frame: &LitStr,
        mut places: impl Iterator<Item = &'e Expr>,
    ) -> Result<String, String> {
        let frame = frame.value();
        let (mut text, mut rest) = (String::new(), &frame[..]);
        while let Some(at) = rest.find(['{', '}']) {
            text.push_str(&rest[..at]);
            let sign = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(sign) {
                text.push_str(sign);
                rest = after;
                continue;
            }
            let (name, after) = rest.split_once('}').ok_or("a brace that is not closed")?;
            rest = after;
            if name.is_empty() {
                let part = places.next().ok_or("a place that nothing is for")?;
                text.push_str(&self.one_text(part)?);
            } else {
                let path: syn::Path =
                    syn::parse_str(name).map_err(|_| format!("`{{{name}}}` is not understood"))?;
                text.push_str(&Self::one(self.named(&path)?, name)?);
            }
        }
        text.push_str(rest);
        Ok(text)
    }

    fn one_text(&self, part: &Expr) -> Result<String, String> {
        Self::one(self.forms(part)?, "a part")
    }

    fn one(forms: Vec<Form>, what: &str) -> Result<String, String> {
        match <[Form; 1]>::try_from(forms) {
            Ok([Form::Text { text, .. }]) => Ok(text),
            _ => Err(format!("{what} is only known while the program runs")),
        }
    }
}
